"""What a file will look like. It is read leniently, so that half a sentence can be seen as well."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.domain.content import Screen, Source, SourceKind, Term
from training.domain.course_schema import (
    AssessmentEntry,
    ItemEntry,
    LessonEntry,
    ModuleEntry,
    ObjectiveEntry,
    ScenarioEntry,
    read_entry,
    read_list,
)
from training.domain.drawing import read_drawing
from training.domain.library import read_glossary, read_sources
from training.domain.markup import render_line
from training.domain.prose import Glossary, read_prose
from training.domain.yaml_lines import Remarks, read_yaml

HEAD = re.compile(r"---[ \t]*\n(?P<head>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class LessonPreview:
    head: LessonEntry
    relevance_html: str
    screens: tuple[Screen, ...]
    sources: tuple[Source, ...]
    terms: tuple[Term, ...]
    unknown: tuple[str, ...]  # names of sources that are not there
    kind: str = "lesson"


@dataclass(frozen=True)
class QuestionsPreview:
    items: Sequence[ItemEntry]
    sources: tuple[Source, ...]
    kind: str = "questions"


@dataclass(frozen=True)
class ModulePreview:
    head: ModuleEntry
    relevance_html: str
    objectives: Sequence[ObjectiveEntry]
    assessments: Sequence[AssessmentEntry]
    sources: tuple[Source, ...]
    unknown: tuple[str, ...]
    kind: str = "module"


@dataclass(frozen=True)
class SourcesPreview:
    sources: tuple[Source, ...]
    kind: str = "sources"


@dataclass(frozen=True)
class TermsPreview:
    terms: tuple[Term, ...]
    kind: str = "terms"


@dataclass(frozen=True)
class ScenarioPreview:
    entry: ScenarioEntry
    kind: str = "scenario"


@dataclass(frozen=True)
class DrawingPreview:
    svg: str
    kind: str = "drawing"


Preview = (
    LessonPreview | QuestionsPreview | ModulePreview | SourcesPreview | TermsPreview | ScenarioPreview | DrawingPreview
)


def preview(files: Mapping[str, str], path: str) -> Preview:
    """The file at *path* as trainees get it; questions with their key, as no trainee gets them."""
    sources, glossary = read_sources(files), read_glossary(files)
    text = files[path]
    if path.endswith(".svg"):
        return DrawingPreview(read_drawing(text, Remarks("")))
    if "/scenarios/" in path:
        return scenario_preview(text)
    match path.rpartition("/")[2]:
        case "sources.yaml":
            return SourcesPreview(tuple(sources.values()))
        case "glossary.yaml":
            return TermsPreview(tuple(glossary.terms.values()))
        case "lesson.md":
            return lesson_preview(text, sources, glossary, drawings_of(files, path.partition("/")[0]))
        case "questions.yaml":
            return questions_preview(text, sources)
    return module_preview(text, sources)


def drawings_of(files: Mapping[str, str], module: str) -> dict[str, str]:
    """The drawings of a module that can be shown, by name."""
    folder = f"{module}/figures/"
    own = {path: text for path, text in files.items() if path.startswith(folder)}
    return {path[len(folder) : -len(".svg")]: read_drawing(text, Remarks("")) for path, text in own.items()}


def scenario_preview(text: str) -> ScenarioPreview:
    unheard = Remarks("")
    sheet = read_yaml(text, unheard)
    return ScenarioPreview(
        read_entry(ScenarioEntry, sheet, (), unheard) if isinstance(sheet.data, dict) else ScenarioEntry()
    )


def lesson_preview(
    text: str, sources: Mapping[str, Source], glossary: Glossary, drawings: Mapping[str, str]
) -> LessonPreview:
    unheard = Remarks("")
    kinds = kinds_of(sources)
    found = HEAD.match(text)
    sheet = read_yaml(found["head"] if found else "", unheard)
    head = read_entry(LessonEntry, sheet, (), unheard) if isinstance(sheet.data, dict) else LessonEntry()
    body = text[found.end() :] if found else text
    prose = read_prose(body, sources=kinds, glossary=glossary, remarks=unheard, drawings=drawings)
    relevance_html, named = render_line(head.relevance, sources=kinds, remarks=unheard, line=1)
    return LessonPreview(
        head,
        relevance_html,
        prose.screens,
        chosen(sources, (*named, *prose.sources)),
        tuple(glossary.terms[term] for term in prose.terms),
        missing(sources, (*named, *prose.sources)),
    )


def questions_preview(text: str, sources: Mapping[str, Source]) -> QuestionsPreview:
    unheard = Remarks("")
    items = [item for _, item in read_list(ItemEntry, read_yaml(text, unheard), unheard)]
    return QuestionsPreview(items, chosen(sources, [name for item in items for name in item.sources]))


def module_preview(text: str, sources: Mapping[str, Source]) -> ModulePreview:
    unheard = Remarks("")
    sheet = read_yaml(text, unheard)
    head = read_entry(ModuleEntry, sheet, (), unheard) if isinstance(sheet.data, dict) else ModuleEntry()
    relevance_html, named = render_line(head.relevance, sources=kinds_of(sources), remarks=unheard, line=1)
    return ModulePreview(
        head, relevance_html, head.objectives, head.assessments, chosen(sources, named), missing(sources, named)
    )


def kinds_of(sources: Mapping[str, Source]) -> dict[str, SourceKind]:
    return {source.id: source.kind for source in sources.values()}


def chosen(sources: Mapping[str, Source], names: Sequence[str]) -> tuple[Source, ...]:
    """Those of *sources* that *names* names, each once."""
    return tuple(sources[name] for name in dict.fromkeys(names) if name in sources)


def missing(sources: Mapping[str, Source], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name not in sources)
