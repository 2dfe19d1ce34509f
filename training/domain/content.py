"""What a module is, once its files have been read.

A version of a module is two things that are kept apart for ever: the *document*, which holds
only what a trainee may see before answering, and the *key*, which holds the right answers, the
feedback and the sources of each item. Only marking and the author's pages read the key.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

ItemType = Literal[
    "single-choice",
    "multiple-choice",
    "true-false",
    "matching",
    "ordering",
    "ranking",
    "numeric",
    "short-answer",
]
Scoring = Literal["net-correct", "coverage", "each-answer", "all-or-nothing"]
TYPES: tuple[ItemType, ...] = get_args(ItemType)
SCORINGS: tuple[Scoring, ...] = get_args(Scoring)
Use = Literal["practice", "graded"]
SourceKind = Literal["panel", "un-document", "treaty", "research"]
Confidence = Literal["checked", "partly", "to-confirm"]
Kind = Literal["quiz", "pre-test", "post-test", "exam"]
Showing = Literal["feedback", "marks", "after-due"]
"""What is shown after an attempt: everything; the marks of each objective; the same until the due date is over."""


def _at(value: object) -> Any:
    """A field that stays out of what is stored while it says *value*, so that digests of before it hold."""
    return Field(default=value, exclude_if=lambda given: given == value)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Source(Frozen):
    """Where a statement comes from: a speaker's exact words, or a document with its place."""

    id: str
    kind: SourceKind
    title: str  # of the document; for the panel, the title of the event summary
    speaker: str | None = None  # panel only
    quote: str | None = None  # word for word
    locator: str | None = None  # the place in the document: "paragraph 14"
    says: str | None = None  # in plain words, what we rely on
    confidence: Confidence = "checked"
    recommends: bool = Field(default=False, exclude_if=lambda recommends: not recommends)  # the panel asked for it


class Term(Frozen):
    id: str
    term: str
    definition: str

    @property
    def initial(self) -> str:
        """The letter under which a list has it."""
        return self.term[0].upper()


class Objective(Frozen):
    id: str
    text: str


class Screen(Frozen):
    """One stretch of a lesson, 150 to 300 words under one heading."""

    anchor: str
    title: str
    kinds: tuple[SourceKind, ...]  # what kinds of source it rests on, each once
    html: str  # sanitised; references link to #source-ID, terms to #term-ID


class Lesson(Frozen):
    slug: str
    title: str
    minutes: int
    aim: str
    relevance_html: str
    objectives: tuple[str, ...]
    screens: tuple[Screen, ...]
    sources: tuple[str, ...]  # ids, in the order of their first mention
    terms: tuple[str, ...]


class Option(Frozen):
    id: str  # tells nothing about the key or the author's order
    text: str


class Item(Frozen):
    """A question as a trainee sees it."""

    id: str  # stable across versions
    digest: str  # of the item with its key: equal digests are the same question
    type: ItemType
    use: Use
    lesson: str
    objective: str
    difficulty: int
    stem: str
    # true-false: the reasons; matching: the left sides; ordering, ranking: the lines; numeric, short-answer: none
    options: tuple[Option, ...]
    matches: tuple[Option, ...] = _at(())  # matching: the right sides, those that fit nothing among them
    unit: str | None = _at(None)  # numeric
    scoring: Scoring = _at("net-correct")  # multiple-choice
    situation: bool = _at(False)  # the stem tells a situation, and asks what to do
    red_line: bool = _at(False)  # graded: whoever answers it wrong has not passed, and has to learn this again

    @cached_property
    def text_of(self) -> Mapping[str, str]:
        """The texts of options and right sides by their ids."""
        return {option.id: option.text for option in (*self.options, *self.matches)}


class Draw(Frozen):
    """How many items a paper takes from which part of the bank."""

    objectives: tuple[str, ...]
    count: int
    module: str | None = _at(None)  # the slug of another module, whose items and objectives are meant
    difficulty: tuple[int, ...] = _at(())  # here and below, empty: any
    types: tuple[ItemType, ...] = _at(())
    situation: bool = _at(False)  # only items that tell a situation
    red_line: bool = _at(False)  # only red-line items


class Assessment(Frozen):
    """A test with its blueprint and its author's rules. What is in force for a person: domain/rules.py."""

    id: str
    title: str
    kind: Kind = _at("quiz")
    pass_mark: int | None  # per cent of the marks; None: it only measures, and who submits has passed
    attempts: int | None = None  # None: as often as the trainee likes
    wait_hours: int = _at(0)  # between two attempts
    minutes: int | None = None  # None: no limit
    grace_seconds: int = _at(60)  # after the end, for answers that are under way
    review: Showing = _at("feedback")
    certainty: bool = _at(False)  # whether the trainee says how sure they are
    outage_minutes: int = _at(0)  # at most so many are given back when the server was down
    parallel_to: str | None = _at(None)  # "module/assessment": the same blueprint with other items
    draw: tuple[Draw, ...]

    @property
    def only_measures(self) -> bool:
        return self.pass_mark is None

    @cached_property
    def other_modules(self) -> tuple[str, ...]:
        """The slugs of the other modules that it draws from."""
        return tuple(dict.fromkeys(draw.module for draw in self.draw if draw.module))

    @cached_property
    def length(self) -> int:
        """How many items a paper has."""
        return sum(draw.count for draw in self.draw)


class Choice(Frozen):
    """One thing that can be done at a point of a scenario, and what comes of it."""

    id: str  # tells nothing about the author's order
    text: str
    worth: int  # 2 good, 1 acceptable, 0 weak, -2 harmful
    crosses_red_line: bool = False  # the story stops here, says why, and goes on from the same point
    then_html: str  # what happens, told as a story
    next: str | None  # the id of the next point; None ends the story


class Point(Frozen):
    """A place in a scenario where somebody has to decide."""

    id: str
    situation_html: str
    choices: tuple[Choice, ...]

    @cached_property
    def choice_by_id(self) -> Mapping[str, Choice]:
        return {choice.id: choice for choice in self.choices}


Ending = Literal["protected", "partly-protected", "harm-done"]


class Aftermath(Frozen):
    """What an ending meant for the people, and for their trust."""

    civilians: str
    trust: str


class Scenario(Frozen):
    """A branching story for practice. Its consequences are no key: a page shows each after its decision."""

    slug: str
    title: str
    role: str  # who the reader is in it
    minutes: int
    objectives: tuple[str, ...]
    sources: tuple[str, ...]
    note: str | None  # what it touches that can hurt, said before it begins
    opening_html: str
    points: tuple[Point, ...]  # the first one begins the story
    aftermath: Mapping[Ending, Aftermath]
    questions: tuple[str, ...]  # to think about at the end
    explained_html: str  # which findings and facts applied
    monday: str

    @cached_property
    def point_by_id(self) -> Mapping[str, Point]:
        return {point.id: point for point in self.points}


class Module(Frozen):
    """A module's document: all that a trainee may see."""

    slug: str
    language: str = _at("en")  # of its texts
    title: str
    position: int
    aim: str
    relevance_html: str
    relevance_sources: tuple[str, ...] = ()  # ids, in the order of their mention
    objectives: tuple[Objective, ...]
    lessons: tuple[Lesson, ...]
    assessments: tuple[Assessment, ...]
    scenarios: tuple[Scenario, ...] = Field(default=(), exclude_if=lambda scenarios: not scenarios)
    items: tuple[Item, ...]
    sources: tuple[Source, ...]
    terms: tuple[Term, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @cached_property
    def lesson_by_slug(self) -> Mapping[str, Lesson]:
        return {lesson.slug: lesson for lesson in self.lessons}

    @cached_property
    def scenario_by_slug(self) -> Mapping[str, Scenario]:
        return {scenario.slug: scenario for scenario in self.scenarios}

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def assessment_by_id(self) -> Mapping[str, Assessment]:
        return {assessment.id: assessment for assessment in self.assessments}

    @cached_property
    def source_by_id(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def term_by_id(self) -> Mapping[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def objective_by_id(self) -> Mapping[str, Objective]:
        return {objective.id: objective for objective in self.objectives}

    @cached_property
    def practice_of(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each lesson's check, by the lesson's slug."""
        return {
            lesson.slug: tuple(i for i in self.items if i.lesson == lesson.slug and i.use == "practice")
            for lesson in self.lessons
        }


class OptionKey(Frozen):
    correct: bool  # single-choice, multiple-choice, true-false
    feedback: str
    misconception: str | None = None
    text: str | None = _at(None)  # what no trainee may see before: an expected wrong number, a key idea


class ItemKey(Frozen):
    """What marks an item and what teaches after it. Never sent before the answer is given."""

    claim: bool | None = None  # true-false only: whether the statement is true
    options: Mapping[str, OptionKey]  # by option id
    sources: tuple[str, ...]
    matches: Mapping[str, str] = _at({})  # matching: the right side of each left side
    order: tuple[str, ...] = _at(())  # ordering: the right order; ranking: the best first
    value: str | None = _at(None)  # numeric: a decimal, as read_number gives it
    tolerance: str | None = _at(None)
    feedback: str | None = _at(None)  # numeric: what teaches about the right number
    model: str | None = _at(None)  # short-answer: an answer that has all key ideas
    # Never so when published: it was taken out of the marking later, and everybody who had it earns its full mark.
    given_to_all: bool = _at(False)

    @cached_property
    def correct(self) -> frozenset[str]:
        return frozenset(option for option, key in self.options.items() if key.correct)


Key = Mapping[str, ItemKey]  # by item id
KEY: TypeAdapter[Key] = TypeAdapter(Mapping[str, ItemKey])

Answer = str | list[str] | dict[str, str | list[str]]
"""What a trainee gave, as JSON.

single-choice: an option id. multiple-choice: option ids, sorted.
true-false: {"claim": "true" or "false", "reason": an option id}, either may be missing.
matching: the right side's id by the left side's, as far as it goes.
ordering, ranking: a place, "1" and up, by option id; incomplete, or two with one place, as it was given.
numeric: a decimal, as read_number gives it.
short-answer: {"text": what was written}; in practice also "ideas": ids of the key ideas that its writer
finds in it, once they have compared.
"""

Marks = Mapping[str, Fraction]
"""By item id, from 0 to 1."""
