"""The rules of a course that go beyond a single entry: what must exist, be unique, be covered, be fair."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from training.domain.content import SourceKind
from training.domain.course_schema import (
    ItemEntry,
    LessonEntry,
    ModuleEntry,
    ScenarioEntry,
    SourceEntry,
    TermEntry,
    read_list,
)
from training.domain.prose import Glossary, Prose, fold
from training.domain.yaml_lines import ContentProblem, Place, Remarks, Sheet, read_yaml

SOURCES = "sources.yaml"
GLOSSARY = "glossary.yaml"


@dataclass
class Library:
    """What all modules share."""

    sources: Mapping[str, SourceEntry]
    terms: Mapping[str, TermEntry]
    kinds: Mapping[str, SourceKind]
    glossary: Glossary


@dataclass
class LessonDraft:
    slug: str
    head: LessonEntry
    sheet: Sheet  # of the head
    remarks: Remarks  # on lesson.md
    relevance_html: str
    prose: Prose
    sources: tuple[str, ...]  # of the relevance and the text, in the order of their first mention
    items: Sequence[tuple[int, ItemEntry]]
    item_sheet: Sheet
    item_remarks: Remarks  # on questions.yaml


@dataclass
class ScenarioDraft:
    slug: str
    entry: ScenarioEntry
    sheet: Sheet
    remarks: Remarks
    sources: tuple[str, ...]  # of its list and its texts


@dataclass
class ModuleDraft:
    slug: str
    entry: ModuleEntry
    sheet: Sheet
    remarks: Remarks  # on module.yaml
    relevance_html: str
    sources: tuple[str, ...]  # of the relevance
    lessons: list[LessonDraft]
    scenarios: list[ScenarioDraft]

    @property
    def broken(self) -> bool:
        """Whether something could not be read, so that nothing can be said about what is missing."""
        sheets = [self.sheet, *(sheet for lesson in self.lessons for sheet in (lesson.sheet, lesson.item_sheet))]
        return (
            any(sheet.broken for sheet in sheets)
            or any(not lesson.head.objectives for lesson in self.lessons)
            or any(not item.objective or not item.use for _, _, item in self.items())
        )

    def items(self) -> Iterator[tuple[LessonDraft, int, ItemEntry]]:
        for lesson in self.lessons:
            for place, item in lesson.items:
                yield lesson, place, item


@dataclass
class Seen:
    """Names that may stand only once in the course, with the place of the first."""

    first: dict[tuple[str, object], str] = field(default_factory=dict)

    def note(self, kind: str, name: object, remarks: Remarks, line: int, what_to_do: str) -> None:
        if name in ("", 0):
            return  # missing, which has been reported
        if (kind, name) in self.first:
            remarks.error(line, f"{what_to_do}: {kind} {name} stands already in {self.first[kind, name]}.")
        else:
            self.first[kind, name] = f"{remarks.path}:{line}"


# --- Sources and glossary ---------------------------------------------------------------------------


def check_sources(entries: Iterable[tuple[int, SourceEntry]], sheet: Sheet, remarks: Remarks) -> None:
    seen = Seen()
    for place, source in entries:
        line = sheet.line((place,))
        seen.note("source", source.id, remarks, sheet.line((place, "id")), "Give this source another id")
        wanted: tuple[str, ...]
        unwanted: tuple[str, ...]
        if source.kind == "panel":
            wanted, unwanted = ("speaker", "quote"), ("title",)
        else:
            wanted, unwanted = ("title", "says", "confidence"), ("speaker",)
        if source.changes:
            wanted = (*wanted, "owner", "review")
        given = source.model_fields_set
        for name in wanted if source.kind else ():
            if name not in given and (place, name) not in sheet.lines:
                hint = SourceEntry.model_fields[name].description
                why = " that changes" if name in ("owner", "review") else ""
                remarks.error(line, f"Add `{name}` to this source{why}: {hint}.")
        for name in unwanted if source.kind else ():
            if name in given:
                remarks.error(sheet.line((place, name)), f"Take out `{name}`: a {source.kind} source has none.")


def check_terms(entries: Iterable[tuple[int, TermEntry]], sheet: Sheet, remarks: Remarks) -> None:
    ids, spellings = Seen(), Seen()
    for place, term in entries:
        ids.note("term", term.id, remarks, sheet.line((place, "id")), "Give this term another id")
        places: list[Place] = [(place, "term"), *((place, "also", n) for n in range(len(term.also)))]
        for at, spelling in zip(places, (term.term, *term.also), strict=True):
            spellings.note("spelling", fold(spelling), remarks, sheet.line(at), "Take out this spelling")


def check_unused(library: Library, modules: Iterable[ModuleDraft], remarks: Remarks) -> None:
    used: set[str] = set()
    for module in modules:
        used.update(module.sources)
        for lesson in module.lessons:
            used.update(lesson.sources)
        for scenario in module.scenarios:
            used.update(scenario.sources)
        used.update(name for _, _, item in module.items() for name in item.sources)
    unused = [name for name in library.sources if name not in used]
    if unused:
        remarks.warning(1, f"Use these sources or take them out, since nothing refers to them: {', '.join(unused)}.")


# --- A module ---------------------------------------------------------------------------------------


def check_module(module: ModuleDraft, library: Library, seen: Seen) -> None:
    """Check *module*; *seen* is shared by all modules of the course."""
    entry, sheet, remarks = module.entry, module.sheet, module.remarks
    seen.note("position", entry.position, remarks, sheet.line(("position",)), "Give this module another position")
    for number, objective in enumerate(entry.objectives):
        line = sheet.line(("objectives", number, "id"))
        seen.note("objective", objective.id, remarks, line, "Give this objective another id")
    for lesson in module.lessons:
        _check_lesson(lesson, module)
    for lesson, place, item in module.items():
        line = lesson.item_sheet.line((place, "id"))
        seen.note("question", item.id, lesson.item_remarks, line, "Give this question another id")
    if not module.broken:
        _check_coverage(module)


def _check_lesson(lesson: LessonDraft, module: ModuleDraft) -> None:
    known = {objective.id for objective in module.entry.objectives}
    for number, name in enumerate(lesson.head.objectives):
        line = lesson.sheet.line(("objectives", number))
        if name and name not in known and not module.sheet.broken:
            lesson.remarks.error(line, f"There is no objective {name} in module.yaml: correct it, or add it there.")
        if name and name in lesson.head.objectives[:number]:
            lesson.remarks.error(line, f"Take out the second {name}: an objective stands in a lesson once.")


def _check_coverage(module: ModuleDraft) -> None:
    """Each objective is taught, practised and examined."""
    taught = {name for lesson in module.lessons for name in lesson.head.objectives}
    pools = Counter((item.objective, item.use) for _, _, item in module.items())
    for number, objective in enumerate(module.entry.objectives):
        if not objective.id:
            continue
        line = module.sheet.line(("objectives", number))
        if objective.id not in taught:
            module.remarks.error(line, f"Name {objective.id} in the lesson that teaches it, or take it out.")
        for use in ("practice", "graded"):
            if not pools[objective.id, use]:
                module.remarks.error(line, f"Write at least one {use} question for objective {objective.id}.")


# --- Checks that need more than the files -----------------------------------------------------------


def check_quotations(files: Mapping[str, str], panel_text: str) -> tuple[ContentProblem, ...]:
    """The panel's quotations that do not stand word for word in *panel_text*.

    White space does not count; everything else does, also which quotation marks are used.
    """
    sheet, remarks, entries = _sources_of(files)
    panel = _spaced(panel_text)
    for place, source in entries:
        quote = _spaced(source.quote)
        if source.kind != "panel" or not quote or _stands_in(quote, panel):
            continue
        line = sheet.line((place, "quote"))
        if _stands_in(_plain_marks(quote), _plain_marks(panel)):
            remarks.error(line, f"Copy the quotation marks and dashes of {source.id} as the document has them.")
        else:
            remarks.error(line, f"Copy the words of {source.id} from the panel's document: these do not stand there.")
    return tuple(sorted(remarks))


def due_for_review(files: Mapping[str, str], on: date) -> tuple[ContentProblem, ...]:
    """The sources whose review date has come, as warnings."""
    sheet, remarks, entries = _sources_of(files)
    for place, source in entries:
        if source.review and source.review <= on:
            line = sheet.line((place, "review"))
            remarks.warning(
                line,
                f"Look at {source.id} again ({source.owner or 'no owner'}): its review is due since {source.review}.",
            )
    return tuple(sorted(remarks))


def _sources_of(files: Mapping[str, str]) -> tuple[Sheet, Remarks, list[tuple[int, SourceEntry]]]:
    """The sources without what read_course says about them."""
    unheard = Remarks(SOURCES)
    sheet = read_yaml(files.get(SOURCES, ""), unheard)
    return sheet, Remarks(SOURCES), read_list(SourceEntry, sheet, unheard)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _plain_marks(text: str) -> str:
    return text.translate(str.maketrans("‘’‚“”„–—‑", "'''\"\"\"---"))


def _stands_in(quote: str, text: str) -> bool:
    """Whether *quote* stands in *text* with whole words at both ends."""
    edges = (r"(?<!\w)" if quote[0].isalnum() else ""), (r"(?!\w)" if quote[-1].isalnum() else "")
    return bool(re.search(edges[0] + re.escape(quote) + edges[1], text))
