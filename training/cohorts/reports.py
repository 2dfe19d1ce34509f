"""What a trainer sees of a cohort: frozen, and the same for the page and for the file.

Each report takes the same few statements for two people and for two thousand.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from training.cohorts.assignments import AssignedModule, assigned_modules
from training.curriculum import module_of
from training.db import db, fraction
from training.domain.content import Answer, Assessment, Item, ItemKey, Module, Option
from training.domain.grading import ObjectiveScore, Review, by_objective, review
from training.domain.item_analysis import ItemStatistics, MarkedPaper, analyse
from training.domain.papers import option_order
from training.domain.progress import AttemptFact, Standing, Status
from training.domain.responses import ResponseFact
from training.i18n import STATUS_WORDS
from training.keys import key_of
from training.models import Assignment, Attempt, Cohort, Enrolment, ModuleVersion, Response, Result, User
from training.standing import standings, standings_in_cohorts

PAGE = 100
COHORTS_PAGE = 20
QUESTIONS_PAGE = 20
URGENCY = (Status.OVERDUE, Status.FAILED, Status.NOT_STARTED, Status.IN_PROGRESS, Status.PASSED)


@dataclass(frozen=True)
class Page:
    """A stretch of a long list."""

    rows: Sequence[Any]
    number: int
    pages: int
    total: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(rows: Sequence[Any], number: int, size: int = PAGE) -> Page:
    """Page *number* of *rows*; the last one where there are not so many."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(number, 1), pages)
    return Page(rows[(number - 1) * size : number * size], number, pages, len(rows))


# All cohorts


@dataclass(frozen=True)
class CohortLine:
    cohort: Cohort
    people: int
    modules: int
    passed: int  # people who have passed each assigned module

    @property
    def share(self) -> Fraction:
        return Fraction(self.passed, self.people) if self.people else Fraction(0)


def cohort_lines(chosen: sa.Select[Any], number: int, *, at: datetime) -> Page:
    """A page of the *chosen* cohorts, with where each of them stands."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(chosen.order_by(None).subquery())) or 0
    pages = max(1, -(-total // COHORTS_PAGE))
    number = min(max(number, 1), pages)
    cohorts = db.session.scalars(chosen.limit(COHORTS_PAGE).offset((number - 1) * COHORTS_PAGE)).all()
    ids = [cohort.id for cohort in cohorts]
    people: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in ids}
    modules: dict[uuid.UUID, list[Assignment]] = {one: [] for one in ids}
    for cohort_id, user_id in db.session.execute(
        sa.select(Enrolment.cohort_id, Enrolment.user_id).where(
            Enrolment.cohort_id.in_(ids), Enrolment.role == "trainee", Enrolment.ended_at.is_(None)
        )
    ):
        people[cohort_id].append(user_id)
    assignments = db.session.scalars(
        sa.select(Assignment).where(Assignment.cohort_id.in_(ids), Assignment.withdrawn_at.is_(None))
    ).all()
    for assignment in assignments:
        modules[assignment.cohort_id].append(assignment)
    found = standings_in_cohorts(people, assignments, at=at)
    lines = [
        CohortLine(
            cohort,
            people=len(people[cohort.id]),
            modules=len(modules[cohort.id]),
            passed=sum(
                bool(modules[cohort.id])
                and all(found[person, one.id].status is Status.PASSED for one in modules[cohort.id])
                for person in people[cohort.id]
            ),
        )
        for cohort in cohorts
    ]
    return Page(lines, number, pages, total)


# One cohort: who is where


class Sort(StrEnum):
    NAME = "name"
    STATUS = "status"
    ACTIVITY = "activity"


@dataclass(frozen=True)
class Chosen:
    """What the reader of a cohort's page asked for."""

    status: Status | None = None
    sort: Sort = Sort.NAME
    page: int = 1


def read_choice(query: Mapping[str, str]) -> Chosen:
    """From a query string; what makes no sense there counts as not given."""
    status, sort = query.get("status", ""), query.get("sort", "")
    return Chosen(
        status=Status(status) if status in list(Status) else None,
        sort=Sort(sort) if sort in list(Sort) else Sort.NAME,
        page=page_number(query),
    )


def page_number(query: Mapping[str, str]) -> int:
    text = query.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True)
class Cell:
    """Where one person stands in one module."""

    status: Status
    share: Fraction  # of the module that is done
    best: Fraction | None
    attempts: int
    last_at: datetime | None


@dataclass(frozen=True)
class PersonRow:
    user_id: uuid.UUID
    name: str
    sign_in_name: str
    cells: tuple[Cell, ...]  # one for each module of the report
    last_at: datetime | None

    @property
    def urgency(self) -> list[int]:
        """What sorts by status: the most pressing module first."""
        return sorted(URGENCY.index(cell.status) for cell in self.cells)


@dataclass(frozen=True)
class ModuleSummary:
    module: AssignedModule
    people: int
    counts: Mapping[Status, int]  # each status, also those that nobody has

    @property
    def passed(self) -> Fraction:
        return self.share(Status.PASSED)

    def share(self, status: Status) -> Fraction:
        return Fraction(self.counts[status], self.people) if self.people else Fraction(0)


@dataclass(frozen=True)
class CohortReport:
    modules: tuple[ModuleSummary, ...]
    rows: tuple[PersonRow, ...]  # all people, by name

    def chosen(self, chosen: Chosen) -> Page:
        rows = [row for row in self.rows if chosen.status in (None, *(cell.status for cell in row.cells))]
        if chosen.sort is Sort.STATUS:
            rows.sort(key=lambda row: row.urgency)
        elif chosen.sort is Sort.ACTIVITY:
            rows.sort(key=lambda row: -row.last_at.timestamp() if row.last_at else 0)
        return page_of(rows, chosen.page)


def cohort_report(cohort: Cohort, *, at: datetime) -> CohortReport:
    modules = [one for one in assigned_modules(cohort) if one.assignment.withdrawn_at is None]
    people = db.session.execute(
        sa.select(User.id, User.name, User.email, User.service_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "trainee", Enrolment.ended_at.is_(None))
    ).all()
    found = standings([person.id for person in people], [one.assignment for one in modules], at=at)
    rows = []
    for person in sorted(people, key=lambda person: (person.name.casefold(), person.id)):
        cells = tuple(cell_of(found[person.id, one.assignment.id]) for one in modules)
        rows.append(
            PersonRow(
                person.id,
                person.name,
                person.email or person.service_number,
                cells,
                last_at=max((cell.last_at for cell in cells if cell.last_at), default=None),
            )
        )
    return CohortReport(
        modules=tuple(
            ModuleSummary(one, len(rows), count_statuses(row.cells[place].status for row in rows))
            for place, one in enumerate(modules)
        ),
        rows=tuple(rows),
    )


def cell_of(standing: Standing) -> Cell:
    attempts = sum(len(one.attempts) for one in standing.assessments.values())
    return Cell(standing.status, standing.share, standing.best, attempts, standing.last_at)


def count_statuses(statuses: Iterable[Status]) -> Mapping[Status, int]:
    counted = Counter(statuses)
    return {status: counted[status] for status in Status}


def results_table(report: CohortReport) -> tuple[list[str], list[list[str]]]:
    """The rows of the page as text for a file: one line for each person and module."""
    header = [
        _("Name"),
        _("Sign-in name"),
        _("Module"),
        _("Version"),
        _("Status"),
        _("Done (%)"),
        _("Best score (%)"),
        _("Quiz attempts"),
        _("Last activity (UTC)"),
    ]
    lines = []
    for row in report.rows:
        if not row.cells:
            lines.append([row.name, row.sign_in_name, *[""] * 7])
        for summary, cell in zip(report.modules, row.cells, strict=True):
            lines.append(
                [
                    row.name,
                    row.sign_in_name,
                    summary.module.title,
                    str(summary.module.number),
                    str(STATUS_WORDS[cell.status]),
                    hundredths(cell.share),
                    hundredths(cell.best),
                    str(cell.attempts),
                    cell.last_at.strftime("%Y-%m-%d %H:%M") if cell.last_at else "",
                ]
            )
    return header, lines


def hundredths(share: Fraction | None) -> str:
    """Rounded down like on the pages: 74.9 must not read as the 75 that passes."""
    return "" if share is None else str(floor(share * 100))


# One person


@dataclass(frozen=True)
class LessonLine:
    title: str
    is_finished: bool
    is_begun: bool
    last_at: datetime | None


@dataclass(frozen=True)
class AttemptLine:
    title: str  # of the assessment
    fact: AttemptFact

    @property
    def minutes(self) -> int | None:
        """From the start to the marking; None while it is open."""
        if self.fact.marked_at is None:
            return None
        return int((self.fact.marked_at - self.fact.started_at).total_seconds() // 60)


@dataclass(frozen=True)
class PersonModule:
    module: AssignedModule
    standing: Standing
    lessons: tuple[LessonLine, ...]
    attempts: tuple[AttemptLine, ...]  # the newest first

    @property
    def finished(self) -> int:
        return sum(lesson.is_finished for lesson in self.lessons)


def person_report(cohort: Cohort, user_id: uuid.UUID, *, at: datetime) -> tuple[PersonModule, ...]:
    """Where a person stands in each module; withdrawn modules only if they did something there."""
    assigned = assigned_modules(cohort)
    found = standings([user_id], [one.assignment for one in assigned], at=at)
    modules = []
    for one in assigned:
        standing = found[user_id, one.assignment.id]
        if one.assignment.withdrawn_at is None or standing.last_at:
            document = module_of(one.assignment.module_version_id)
            modules.append(PersonModule(one, standing, lesson_lines(document, standing), attempt_lines(standing)))
    return tuple(modules)


def lesson_lines(document: Module, standing: Standing) -> tuple[LessonLine, ...]:
    lines = []
    for lesson in document.lessons:
        fact = standing.lessons.get(lesson.slug)
        last_at = fact.last_at if fact else None
        lines.append(LessonLine(lesson.title, standing.finished(lesson.slug), fact is not None, last_at))
    return tuple(lines)


def attempt_lines(standing: Standing) -> tuple[AttemptLine, ...]:
    lines = [AttemptLine(one.assessment.title, fact) for one in standing.assessments.values() for fact in one.attempts]
    return tuple(sorted(lines, key=lambda line: line.fact.started_at, reverse=True))


# One attempt


@dataclass(frozen=True)
class ReviewedItem:
    number: int
    item: Item
    order: tuple[Option, ...]  # as the person saw them
    answer: Answer | None
    review: Review
    late_at: datetime | None  # when an answer came in that was too late to count


@dataclass(frozen=True)
class AttemptReport:
    attempt: Attempt
    module: Module
    assessment: Assessment
    result: Result | None  # None while the attempt is open: then no answer and no key is shown
    items: tuple[ReviewedItem, ...]
    objectives: tuple[ObjectiveScore, ...]


def attempt_report(attempt: Attempt) -> AttemptReport:
    module = module_of(attempt.module_version_id)
    assessment = module.assessment_by_id[attempt.assessment]
    results = db.session.scalars(sa.select(Result).where(Result.attempt_id == attempt.id).order_by(Result.run)).all()
    if not results:
        return AttemptReport(attempt, module, assessment, None, (), ())
    result, closed_at = results[-1], min(filter(None, [attempt.deadline, results[0].marked_at]))
    responses = responses_of(attempt)
    given = {str(response.id): response.answer for response in responses}
    late = {response.item: response.received_at for response in responses if response.received_at > closed_at}
    key = key_of(attempt.module_version_id)
    items = []
    for number, item_id in enumerate(attempt.paper, start=1):
        item, answer = module.item_by_id[item_id], given.get(result.marks[item_id][1])
        order, reviewed = option_order(attempt.id, item), review(item, key[item_id], answer)
        items.append(ReviewedItem(number, item, order, answer, reviewed, late.get(item_id)))
    marks = {item_id: fraction(result.marks[item_id][0]) for item_id in attempt.paper}
    return AttemptReport(attempt, module, assessment, result, tuple(items), by_objective(module, marks))


def responses_of(attempt: Attempt) -> list[ResponseFact]:
    rows = db.session.execute(
        sa.select(Response.id, Response.item_id, Response.answer, Response.sequence, Response.received_at)
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.received_at)
    )
    return [ResponseFact(*row) for row in rows]


# Questions


@dataclass(frozen=True)
class Choice:
    """One option of a question, and how often it was chosen."""

    text: str
    count: int
    share: Fraction  # of the papers that had the question
    is_key: bool
    misconception: str | None = None


@dataclass(frozen=True)
class QuestionLine:
    statistics: ItemStatistics
    language: str  # of the module's words
    module: str
    objective: str
    lesson: str
    version: int  # the newest version in which the question reads like this, of those that were answered
    is_current: bool  # whether the cohort's version of the module asks it like this
    claims: tuple[Choice, ...]  # true-false only: what was said of the statement
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class MarkedAttempt:
    id: uuid.UUID
    assignment_id: uuid.UUID
    version_id: uuid.UUID
    marks: Mapping[str, Sequence[str | None]]  # as in Result


@dataclass(frozen=True)
class Wording:
    """A question as one digest knows it: the version and the item in it."""

    item: Item
    assigned: AssignedModule
    version_id: uuid.UUID
    number: int


def questions_report(cohort: Cohort, *, all_attempts: bool) -> tuple[QuestionLine, ...]:
    """The questions that were answered, the hardest first.

    Only each person's first attempt counts, unless *all_attempts*: who tries again has seen the
    answers. Answers are pooled over versions as long as the question stayed the same to the letter.
    """
    assigned = {one.assignment.id: one for one in assigned_modules(cohort) if one.assignment.withdrawn_at is None}
    wanted = (
        Attempt.assignment_id.in_(list(assigned))
        & Attempt.user_id.in_(
            sa.select(Enrolment.user_id).where(
                Enrolment.cohort_id == cohort.id, Enrolment.role == "trainee", Enrolment.ended_at.is_(None)
            )
        )
        & (sa.true() if all_attempts else Attempt.number == 1)
    )
    attempts = marked_attempts(wanted)
    answers = counted_answers(wanted, attempts)
    numbers = version_numbers({attempt.version_id for attempt in attempts})
    wordings: dict[str, Wording] = {}
    papers, claims = [], Counter[tuple[str, str]]()
    for attempt in sorted(attempts, key=lambda one: numbers[one.version_id]):
        items = module_of(attempt.version_id).item_by_id
        digests = {item_id: items[item_id].digest for item_id in attempt.marks}
        given = {digests[item_id]: answer for item_id, answer in answers.get(attempt.id, {}).items()}
        for item_id, digest in digests.items():
            wordings[digest] = Wording(
                items[item_id], assigned[attempt.assignment_id], attempt.version_id, numbers[attempt.version_id]
            )
            answer = given.get(digest)
            if isinstance(answer, dict) and "claim" in answer:
                claims[digest, answer["claim"]] += 1
        marks = {digests[item_id]: fraction(mark[0] or "0") for item_id, mark in attempt.marks.items()}
        papers.append(MarkedPaper(marks, given))
    statistics = analyse({digest: wording.item for digest, wording in wordings.items()}, papers)
    return tuple(question_line(one, wordings[one.item.digest], claims) for one in statistics)


def marked_attempts(wanted: sa.ColumnElement[bool]) -> list[MarkedAttempt]:
    """The attempts that are marked, each with its last marking."""
    rows = db.session.execute(
        sa.select(Attempt.id, Attempt.assignment_id, Attempt.module_version_id, Result.marks)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(wanted)
        .order_by(Result.run)
    )
    return list({row[0]: MarkedAttempt(*row) for row in rows}.values())


def counted_answers(
    wanted: sa.ColumnElement[bool], attempts: Iterable[MarkedAttempt]
) -> Mapping[uuid.UUID, Mapping[str, Answer]]:
    """The answers that were marked, by attempt and item."""
    counted = {(attempt.id, response) for attempt in attempts for _mark, response in attempt.marks.values()}
    rows = db.session.execute(
        sa.select(Response.attempt_id, Response.id, Response.item_id, Response.answer)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(wanted)
    )
    answers: dict[uuid.UUID, dict[str, Answer]] = {}
    for attempt_id, response_id, item_id, answer in rows:
        if (attempt_id, str(response_id)) in counted:
            answers.setdefault(attempt_id, {})[item_id] = answer
    return answers


def version_numbers(version_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    rows = db.session.execute(
        sa.select(ModuleVersion.id, ModuleVersion.number).where(ModuleVersion.id.in_(list(version_ids)))
    )
    return dict(rows.all())


def question_line(statistics: ItemStatistics, wording: Wording, claims: Mapping[tuple[str, str], int]) -> QuestionLine:
    item, module = wording.item, module_of(wording.version_id)
    key = key_of(wording.version_id)[item.id]
    current = module_of(wording.assigned.assignment.module_version_id).item_by_id.get(item.id)
    return QuestionLine(
        statistics=statistics,
        language=module.language,
        module=module.title,
        objective=module.objective_by_id[item.objective].text,
        lesson=module.lesson_by_slug[item.lesson].title,
        version=wording.number,
        is_current=current is not None and current.digest == item.digest,
        claims=claim_choices(statistics, key, claims) if item.type == "true-false" else (),
        choices=tuple(
            Choice(
                text=option.text,
                count=statistics.chosen.get(option.id, 0),
                share=Fraction(statistics.chosen.get(option.id, 0), statistics.answered),
                is_key=key.options[option.id].correct,
                misconception=key.options[option.id].misconception,
            )
            for option in item.options
        ),
    )


def claim_choices(
    statistics: ItemStatistics, key: ItemKey, claims: Mapping[tuple[str, str], int]
) -> tuple[Choice, ...]:
    counts = [claims.get((statistics.item.digest, claim), 0) for claim in ("true", "false")]
    return (
        Choice(_("This statement is true"), counts[0], Fraction(counts[0], statistics.answered), key.claim is True),
        Choice(_("This statement is false"), counts[1], Fraction(counts[1], statistics.answered), key.claim is False),
    )


def questions_table(lines: Iterable[QuestionLine]) -> tuple[list[str], list[list[str]]]:
    """The questions as text for a file: one line for each option."""
    header = [
        _("Module"),
        _("Version"),
        _("Question"),
        _("Text"),
        _("Objective"),
        _("Lesson"),
        _("Answered"),
        _("Marks earned (%)"),
        _("Discrimination"),
        _("Left empty"),
        _("Option"),
        _("Right"),
        _("Chosen"),
        _("Chosen (%)"),
        _("Misconception"),
    ]
    rows = []
    for line in lines:
        one = line.statistics
        for choice in (*line.claims, *line.choices):
            rows.append(
                [
                    line.module,
                    str(line.version),
                    one.item.id,
                    one.item.stem,
                    line.objective,
                    line.lesson,
                    str(one.answered),
                    hundredths(one.facility),
                    "" if one.discrimination is None else str(round(one.discrimination)),
                    str(one.blank),
                    choice.text,
                    _("yes") if choice.is_key else _("no"),
                    str(choice.count),
                    hundredths(choice.share),
                    choice.misconception or "",
                ]
            )
    return header, rows
