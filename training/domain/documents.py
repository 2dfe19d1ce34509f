"""Drafts without errors as what is published: the document that a trainee may see, and the key apart from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from training.domain import content
from training.domain.blueprints import full_name, normal_draw
from training.domain.checking import (
    GLOSSARY,
    SOURCES,
    LessonDraft,
    Library,
    ModuleDraft,
    ScenarioDraft,
)
from training.domain.content import KEY, Key, Module
from training.domain.course_schema import (
    AftermathEntry,
    ChoiceEntry,
)
from training.domain.library import source_of
from training.domain.markup import render_line
from training.domain.parting import option_id, parted, sha256
from training.domain.yaml_lines import Remarks

WORTH = {"good": 2, "acceptable": 1, "weak": 0, "harmful": -2, "red-line": -2}


@dataclass(frozen=True)
class ReadModule:
    """A module without errors, ready to be published."""

    document: Module
    key: Key
    digest: str  # sha256 of document and key: equal digests are the same content
    files: Mapping[str, str]  # its own, sources.yaml and glossary.yaml, as they were given


def read_module(draft: ModuleDraft, library: Library, files: Mapping[str, str]) -> ReadModule:
    pairs = [parted(entry, lesson.slug) for lesson, _, entry in draft.items()]
    key = {item.id: item_key for item, item_key in pairs}
    document = _document(draft, tuple(item for item, _ in pairs), key, library)
    both = {"document": document.model_dump(mode="json"), "key": KEY.dump_python(key, mode="json")}
    own = {
        path: text for path, text in files.items() if path in (SOURCES, GLOSSARY) or path.startswith(f"{draft.slug}/")
    }
    return ReadModule(document, key, sha256(both), own)


def _document(draft: ModuleDraft, items: tuple[content.Item, ...], key: Key, library: Library) -> Module:
    entry = draft.entry
    cited = {*draft.sources}
    cited.update(name for lesson in draft.lessons for name in lesson.sources)
    cited.update(name for item_key in key.values() for name in item_key.sources)
    cited.update(name for scenario in draft.scenarios for name in scenario.sources)
    terms = {name for lesson in draft.lessons for name in lesson.prose.terms}
    return Module(
        slug=draft.slug,
        title=entry.title,
        position=entry.position,
        aim=entry.aim,
        relevance_html=draft.relevance_html,
        relevance_sources=draft.sources,
        objectives=tuple(content.Objective(id=o.id, text=o.text) for o in entry.objectives),
        lessons=tuple(_lesson(lesson) for lesson in draft.lessons),
        assessments=tuple(
            content.Assessment(
                id=a.id,
                title=a.title,
                kind=a.kind,
                pass_mark=a.pass_mark,
                attempts=a.attempts,
                wait_hours=a.wait_hours,
                minutes=a.minutes,
                grace_seconds=a.grace_seconds,
                review=a.review,
                certainty=a.certainty,
                outage_minutes=a.outage_minutes,
                parallel_to=full_name(draft.slug, a.parallel_to) if a.parallel_to else None,
                draw=tuple(normal_draw(draft.slug, d) for d in a.draw),
            )
            for a in entry.assessments
        ),
        scenarios=tuple(_scenario(scenario, library) for scenario in draft.scenarios),
        items=items,
        sources=tuple(source_of(source) for name, source in library.sources.items() if name in cited),
        terms=tuple(term for name, term in library.glossary.terms.items() if name in terms),
    )


def _lesson(draft: LessonDraft) -> content.Lesson:
    return content.Lesson(
        slug=draft.slug,
        title=draft.head.title,
        minutes=draft.head.minutes,
        aim=draft.head.aim,
        relevance_html=draft.relevance_html,
        objectives=tuple(draft.head.objectives),
        screens=draft.prose.screens,
        sources=draft.sources,
        terms=draft.prose.terms,
    )


def _scenario(draft: ScenarioDraft, library: Library) -> content.Scenario:
    entry = draft.entry

    def html(words: str) -> str:
        return render_line(words, sources=library.kinds, remarks=Remarks(""), line=1)[0]

    def aftermath(ends: Sequence[AftermathEntry]) -> content.Aftermath:
        return content.Aftermath(civilians=ends[0].civilians, trust=ends[0].trust)

    return content.Scenario(
        slug=draft.slug,
        title=entry.title,
        role=entry.role,
        minutes=entry.minutes,
        objectives=tuple(entry.objectives),
        sources=draft.sources,
        note=entry.note or None,
        opening_html=html(entry.opening),
        points=tuple(
            content.Point(
                id=point.id,
                situation_html=html(point.situation),
                choices=tuple(sorted((_choice(point.id, one, html) for one in point.choices), key=lambda one: one.id)),
            )
            for point in entry.points
        ),
        aftermath={
            "protected": aftermath(entry.protected),
            "partly-protected": aftermath(entry.partly_protected),
            "harm-done": aftermath(entry.harm_done),
        },
        questions=tuple(entry.questions),
        explained_html=html(entry.explained),
        monday=entry.monday,
    )


def _choice(point: str, entry: ChoiceEntry, html: Callable[[str], str]) -> content.Choice:
    assert entry.worth
    return content.Choice(
        id=option_id(point, entry.text),
        text=entry.text,
        worth=WORTH[entry.worth],
        crosses_red_line=entry.worth == "red-line",
        then_html=html(entry.then),
        next=entry.next,
    )
