"""The curriculum's files as modules: read, checked, and parted into document and key.

A folder, a draft in the database and an uploaded zip are all the same here: texts by their paths.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from training.domain.blueprints import check_assessments
from training.domain.checking import (
    GLOSSARY,
    SOURCES,
    LessonDraft,
    Library,
    ModuleDraft,
    ScenarioDraft,
    Seen,
    check_module,
    check_quotations,
    check_sources,
    check_terms,
    check_unused,
    due_for_review,
)
from training.domain.checking_items import check_items
from training.domain.checking_scenarios import check_scenario
from training.domain.content import Module, SourceKind
from training.domain.course_schema import (
    SLUG,
    E,
    ItemEntry,
    LessonEntry,
    ModuleEntry,
    ScenarioEntry,
    SourceEntry,
    TermEntry,
    is_slug,
    read_entry,
    read_list,
)
from training.domain.documents import ReadModule, read_module
from training.domain.drawing import read_drawing
from training.domain.library import glossary_of
from training.domain.markup import EXAMPLES, render_line
from training.domain.prose import read_prose
from training.domain.yaml_lines import INVISIBLE, ContentProblem, Place, Remarks, Sheet, read_yaml

__all__ = ["ContentProblem", "Course", "ReadModule", "check_quotations", "due_for_review", "read_course"]

MOST_FILES = 500
FILE_BYTES = 1_000_000
COURSE_BYTES = 10_000_000
LESSON_FOLDER = re.compile(rf"\d\d-({SLUG})")
LESSON_FILES = ("lesson.md", "questions.yaml")
MORE_FILES = {"figures": re.compile(rf"({SLUG})\.svg"), "scenarios": re.compile(rf"({SLUG})\.yaml")}


@dataclass(frozen=True)
class Course:
    modules: tuple[ReadModule, ...]  # those without errors, by position
    problems: tuple[ContentProblem, ...]  # of all files, by path and line

    @property
    def errors(self) -> tuple[ContentProblem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def read_course(files: Mapping[str, str], elsewhere: Iterable[Module] = ()) -> Course:
    """Read and check *files*, whose paths start below modules/. Never raises for what they say.

    *elsewhere*: modules of the course that are not among the files, whose items a test may draw.

    All problems of all files are reported at once. A module with an error, or whose shared files
    (sources.yaml, glossary.yaml) have one, is left out of the modules; the others are there.
    """
    too_much = _too_much(files)
    if too_much:
        return Course((), (too_much,))
    reader = _Reader(files, elsewhere)
    modules = reader.read()
    problems = sorted({problem for remarks in reader.remarks.values() for problem in remarks}, key=_by_place)
    wrong = {problem.path.partition("/")[0] for problem in problems if problem.is_error}
    sound = [m for m in modules if not wrong & {m.slug, SOURCES, GLOSSARY}]
    read = (read_module(module, reader.library, files) for module in sorted(sound, key=lambda m: m.entry.position))
    return Course(tuple(read), tuple(problems))


def _by_place(problem: ContentProblem) -> tuple[str, int, str, str]:
    return problem.path, problem.line, problem.severity, problem.message


def _too_much(files: Mapping[str, str]) -> ContentProblem | None:
    if len(files) > MOST_FILES:
        return ContentProblem(min(files), 1, f"Use at most {MOST_FILES} files: this course has {len(files)}.")
    if sum(len(text) for text in files.values()) > COURSE_BYTES:
        biggest = max(files, key=lambda path: len(files[path]))
        return ContentProblem(biggest, 1, "Shorten the course to 10 MB in all; this is its biggest file.")
    return None


class _Reader:
    """The files on their way to drafts, with the problems of each."""

    def __init__(self, files: Mapping[str, str], elsewhere: Iterable[Module]) -> None:
        self.files = files
        self.elsewhere = elsewhere
        self.remarks: dict[str, Remarks] = {}
        self.library = self._read_library()

    def read(self) -> list[ModuleDraft]:
        folders = self._folders()
        modules = [self._read_module(slug, lessons) for slug, lessons in folders.items()]
        seen = Seen()
        for module in modules:
            check_module(module, self.library, seen)
            check_items(module, self.library)
            for scenario in module.scenarios:
                check_scenario(scenario, module, self.library)
        check_assessments(modules, self.elsewhere)
        if not any(module.broken for module in modules):
            check_unused(self.library, modules, self.on(SOURCES))
        return modules

    def on(self, path: str) -> Remarks:
        return self.remarks.setdefault(path, Remarks(path))

    # Files

    def _folders(self) -> dict[str, list[str]]:
        """The folder of each module with its lessons' folders. Paths that lead nowhere are reported."""
        folders: dict[str, list[str]] = {}
        for path in sorted(self.files):
            match path.split("/"):
                case [name] if name in (SOURCES, GLOSSARY):
                    continue
                case [folder, "module.yaml"]:
                    self._note_module(folders, folder, path)
                case [folder, "figures" | "scenarios" as kind, name] if MORE_FILES[kind].fullmatch(name):
                    self._note_module(folders, folder, path)
                case [folder, lesson, name] if name in LESSON_FILES:
                    self._note_module(folders, folder, path)
                    if lesson not in folders[folder]:
                        folders[folder].append(lesson)
                        if not LESSON_FOLDER.fullmatch(lesson) or not is_slug(lesson[3:]):
                            self.on(path).error(
                                1,
                                f"Rename the folder {lesson}: two digits, a dash, and a name in small letters.",
                            )
                case _:
                    self.on(path).error(
                        1,
                        "Rename this file or take it out: a module has module.yaml, a folder with lesson.md and "
                        "questions.yaml for each lesson, drawings such as figures/name.svg and scenarios/name.yaml.",
                    )
        for folder, lessons in folders.items():
            self._check_lesson_names(folder, lessons)
        return folders

    def _note_module(self, folders: dict[str, list[str]], folder: str, path: str) -> None:
        if folder not in folders:
            folders[folder] = []
            if not is_slug(folder):
                self.on(path).error(1, f"Rename the folder {folder}: small letters, digits and single dashes.")

    def _check_lesson_names(self, folder: str, lessons: list[str]) -> None:
        numbers, slugs = set[str](), set[str]()
        for lesson in lessons:
            number, slug = lesson[:2], lesson[3:]
            if number in numbers or slug in slugs:
                self.on(f"{folder}/{lesson}/lesson.md").error(
                    1, f"Rename the folder {lesson}: another lesson of the module has the same number or name."
                )
            numbers.add(number)
            slugs.add(slug)

    def _text(self, path: str, missing: str) -> str | None:
        """The text of a file, made ready to read; None when there is none."""
        remarks = self.on(path)
        if path not in self.files:
            remarks.error(1, missing)
            return None
        text = self.files[path].removeprefix("\ufeff").replace("\r\n", "\n")
        if len(text) > FILE_BYTES or len(text.encode("utf-8", "replace")) > FILE_BYTES:
            remarks.error(1, "Shorten this file to 1 MB.")
            return None
        if "\t" in text or INVISIBLE.search(text):
            for number, line in enumerate(text.split("\n"), 1):
                if "\t" in line:
                    remarks.error(number, "Replace the tab by spaces.")
                if INVISIBLE.search(line):
                    remarks.error(number, "Take out the control character, which one cannot see.")
            text = INVISIBLE.sub("", text.replace("\t", "  "))
        return text

    def _sheet(self, path: str, missing: str) -> Sheet:
        text = self._text(path, missing)
        return Sheet(broken=True) if text is None else read_yaml(text, self.on(path))

    # Sources and glossary

    def _read_library(self) -> Library:
        sheet = self._sheet(SOURCES, "Add sources.yaml: a list of the sources that the lessons refer to.")
        sources = self._list(SourceEntry, sheet, SOURCES)
        check_sources(sources, sheet, self.on(SOURCES))
        terms: list[tuple[int, TermEntry]] = []
        if GLOSSARY in self.files:
            term_sheet = self._sheet(GLOSSARY, "")
            terms = read_list(TermEntry, term_sheet, self.on(GLOSSARY))
            check_terms(terms, term_sheet, self.on(GLOSSARY))
        kinds: dict[str, SourceKind] = {entry.id: entry.kind or "research" for _, entry in sources if entry.id}
        return Library(
            sources={entry.id: entry for _, entry in sources if entry.id},
            terms={entry.id: entry for _, entry in terms if entry.id},
            kinds=_Anything(kinds) if sheet.broken else kinds,
            glossary=glossary_of(entry for _, entry in terms),
        )

    def _list(self, model: type[E], sheet: Sheet, path: str) -> list[tuple[int, E]]:
        entries = read_list(model, sheet, self.on(path))
        if not sheet.broken and sheet.data in (None, []):
            self.on(path).error(1, "Write at least one entry: this file is empty.")
        return entries

    # Modules and lessons

    def _read_module(self, slug: str, lessons: Iterable[str]) -> ModuleDraft:
        path = f"{slug}/module.yaml"
        sheet = self._sheet(path, "Add module.yaml: title, position, aim, relevance, objectives and assessments.")
        remarks = self.on(path)
        entry = ModuleEntry() if sheet.broken else read_entry(ModuleEntry, sheet, (), remarks)
        html, sources = render_line(
            entry.relevance, sources=self.library.kinds, remarks=remarks, line=sheet.line(("relevance",))
        )
        drawings = {name: read_drawing(text, self.on(path)) for name, path, text in self._more(slug, "figures")}
        drafts = [self._read_lesson(slug, folder, drawings) for folder in sorted(lessons)]
        if not drafts:
            remarks.error(1, "Add a lesson: a folder such as 01-first-lesson with lesson.md and questions.yaml.")
        shown = {name for draft in drafts for name in draft.prose.drawings}
        for name in drawings.keys() - shown:
            self.on(f"{slug}/figures/{name}.svg").warning(1, f"Show this drawing in a lesson with ::: figure {name}.")
        scenarios = [self._read_scenario(name, path, text) for name, path, text in self._more(slug, "scenarios")]
        return ModuleDraft(slug, entry, sheet, remarks, html, sources, drafts, scenarios)

    def _more(self, module: str, kind: str) -> Iterator[tuple[str, str, str]]:
        """The drawings or the scenarios of a module: name, path and text of each."""
        folder = f"{module}/{kind}/"
        for path in sorted(self.files):
            found = MORE_FILES[kind].fullmatch(path.removeprefix(folder)) if path.startswith(folder) else None
            text = self._text(path, "") if found else None
            if found and text is not None:
                yield found[1], path, text

    def _read_scenario(self, slug: str, path: str, text: str) -> ScenarioDraft:
        remarks = self.on(path)
        sheet = read_yaml(text, remarks)
        entry = ScenarioEntry() if sheet.broken else read_entry(ScenarioEntry, sheet, (), remarks)
        named = set(entry.sources)
        for where, words in _story(entry):
            _html, names = render_line(words, sources=self.library.kinds, remarks=remarks, line=sheet.line(where))
            named.update(names)
        return ScenarioDraft(slug, entry, sheet, remarks, tuple(name for name in self.library.sources if name in named))

    def _read_lesson(self, module: str, folder: str, drawings: Mapping[str, str]) -> LessonDraft:
        path = f"{module}/{folder}/lesson.md"
        remarks = self.on(path)
        text = self._text(path, "Add lesson.md: a head between two lines ---, then the text.")
        sheet, head, body, first_line = Sheet(broken=True), LessonEntry(), "", 1
        if text is not None:
            parts = _parted(text)
            if parts:
                sheet = read_yaml(parts[0], remarks, first_line=2)
                body, first_line = parts[1], parts[2]
                head = LessonEntry() if sheet.broken else read_entry(LessonEntry, sheet, (), remarks)
            else:
                remarks.error(1, "Start the lesson with its head: title, minutes, … between two lines ---.")
                body = text
        kinds = self.library.kinds
        html, named = render_line(head.relevance, sources=kinds, remarks=remarks, line=sheet.line(("relevance",)))
        prose = read_prose(
            body,
            sources=kinds,
            glossary=self.library.glossary,
            remarks=remarks if text is not None else Remarks(path),
            first_line=first_line,
            drawings=drawings,
        )
        if 0 < len(missing := set(EXAMPLES) - set(prose.boxes)) < len(EXAMPLES):
            remarks.error(
                first_line, f"Tell the example also for the others: add ::: {', ::: '.join(sorted(missing))}."
            )
        questions = f"{module}/{folder}/questions.yaml"
        item_sheet = self._sheet(questions, "Add questions.yaml: a list of the questions of this lesson.")
        return LessonDraft(
            slug=folder[3:],
            head=head,
            sheet=sheet,
            remarks=remarks,
            relevance_html=html,
            prose=prose,
            sources=tuple(dict.fromkeys((*named, *prose.sources))),
            items=self._list(ItemEntry, item_sheet, questions),
            item_sheet=item_sheet,
            item_remarks=self.on(questions),
        )


class _Anything(dict[str, SourceKind]):
    """Stands for sources that could not be read, so that not every reference is reported."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> SourceKind:
        return "research"


def _story(entry: ScenarioEntry) -> Iterator[tuple[Place, str]]:
    """The texts of a scenario that may name sources, each with its place."""
    yield ("opening",), entry.opening
    yield ("explained",), entry.explained
    for place, point in enumerate(entry.points):
        yield ("points", place, "situation"), point.situation
        for number, choice in enumerate(point.choices):
            yield ("points", place, "choices", number, "then"), choice.then


def _parted(text: str) -> tuple[str, str, int] | None:
    """The head of a lesson, its body and the body's first line; None when there is no head."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None
