"""What a trainer sees of the quizzes and their questions: the hardest first, and what was chosen instead."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _

from training.cohorts.assignments import AssignedModule, assigned_modules
from training.cohorts.quiz_report import QuizLine, Taken, plain, quiz_line
from training.cohorts.what_was_said import Choice, Part, parts_of
from training.curriculum import module_of
from training.db import db, digits, fraction
from training.domain.content import Answer, Assessment, Item, Module
from training.domain.item_analysis import Doubt, ItemStatistics, MarkedPaper, analyse, doubts
from training.domain.marking_again import Change
from training.domain.reliability import WithoutItem, alpha_without
from training.domain.spreadsheet import hundredths
from training.keys import changes_in, key_with
from training.models import Attempt, Cohort, Enrolment, ModuleVersion, Response, Result

QUESTIONS_PAGE = 20


@dataclass(frozen=True)
class QuestionLine:
    statistics: ItemStatistics
    language: str  # of the module's words
    module: str
    objective: str
    lesson: str
    version: int  # the newest version in which the question reads like this, of those that were answered
    version_id: uuid.UUID  # that version
    is_current: bool  # whether the cohort's version of the module asks it like this
    parts: tuple[Part, ...]
    doubts: tuple[Doubt, ...]  # why the question looks wrong, if it does
    correction: Change | None  # of its key, the last one

    @property
    def is_left_out(self) -> bool:
        return self.correction is not None and self.correction.ruling.given_to_all


@dataclass(frozen=True)
class WaitingQuestion:
    """A question with answers that nobody has marked yet. Where all wait, this is all that can be told of it."""

    item: Item
    module: Module
    version_id: uuid.UUID  # as in QuestionLine
    papers: int  # that wait for its mark


@dataclass(frozen=True)
class QuestionsReport:
    quizzes: tuple[QuizLine, ...]  # in the order of the modules
    questions: tuple[QuestionLine, ...]  # the hardest first
    waiting_questions: tuple[WaitingQuestion, ...]  # the one with the most papers first

    @property
    def waiting(self) -> int:
        """How many attempts wait for a mark by hand."""
        return sum(quiz.waiting for quiz in self.quizzes)

    def without(self, item: str) -> list[tuple[QuizLine, WithoutItem]]:
        """What the quizzes would be without an item, told by its digest: the one with the most papers first."""
        told = [(quiz, found) for quiz in self.quizzes if (found := alpha_without(quiz.papers, item))]
        return sorted(told, key=lambda one: one[1].papers, reverse=True)


@dataclass(frozen=True)
class MarkedAttempt:
    id: str  # its digits
    person: str
    number: int
    assignment_id: uuid.UUID
    assessment: str
    versions: tuple[uuid.UUID, ...]  # that its items were drawn from, its own module's first
    is_waiting: bool  # for a mark by hand
    marks: Mapping[str, Sequence[str | None]]  # as in Result


@dataclass(frozen=True)
class Wording:
    """A question as one digest knows it: the version and the item in it."""

    item: Item
    version_id: uuid.UUID
    number: int


def questions_report(cohort: Cohort, *, all_attempts: bool) -> QuestionsReport:
    """The quizzes that were taken and the questions that were answered.

    Only each person's first attempt counts, unless *all_attempts*: who tries again has seen the
    answers. Answers are pooled over versions as long as the question stayed the same to the letter.
    Of an attempt that waits for a mark by hand, the questions that are marked count: how hard they are
    and how they go with the rest does not wait for the others. Its score does not count, since it has none yet.
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
    numbers = version_numbers({version for attempt in attempts for version in attempt.versions})
    wordings: dict[str, Wording] = {}
    papers: list[MarkedPaper] = []
    taken: dict[tuple[uuid.UUID, str], list[Taken]] = {}
    waiting: Counter[str] = Counter()
    changes = changes_in(cohort.id)
    on_now = {one.assignment.module_slug: one.assignment.module_version_id for one in assigned.values()}
    for attempt in sorted(attempts, key=lambda one: numbers[one.versions[0]]):
        met = wordings_of(attempt.versions)
        digests = {item_id: met[item_id][0].digest for item_id in attempt.marks}
        given = {digests[item_id]: answer for item_id, answer in answers.get(attempt.id, {}).items()}
        for item_id, digest in digests.items():
            item, version = met[item_id]
            wordings[digest] = Wording(item, version, numbers[version])
        marks = {digests[item_id]: fraction(mark) for item_id, (mark, _response) in attempt.marks.items() if mark}
        waiting.update(digests[item_id] for item_id, (mark, _response) in attempt.marks.items() if mark is None)
        papers.append(MarkedPaper(marks, given))
        of_quiz = taken.setdefault((attempt.assignment_id, attempt.assessment), [])
        of_quiz.append(Taken(attempt.person, attempt.number, attempt.is_waiting, marks))
    statistics = analyse({digest: wording.item for digest, wording in wordings.items()}, papers)
    return QuestionsReport(
        quizzes=tuple(
            quiz_line(one, assessment, taken[one.assignment.id, assessment.id], before(assessment, assigned, taken))
            for one in assigned.values()
            for assessment in module_of(one.assignment.module_version_id).assessments
            if (one.assignment.id, assessment.id) in taken
        ),
        questions=tuple(question_line(one, wordings[one.item.digest], changes, on_now) for one in statistics),
        waiting_questions=tuple(waiting_question(wordings[digest], count) for digest, count in waiting.most_common()),
    )


def before(
    assessment: Assessment,
    assigned: Mapping[uuid.UUID, AssignedModule],
    taken: Mapping[tuple[uuid.UUID, str], Sequence[Taken]],
) -> Sequence[Taken]:
    """The attempts at the test to which a test after is parallel."""
    module, _, name = (assessment.parallel_to or "").partition("/") if assessment.kind == "post-test" else ("", "", "")
    return [
        attempt
        for one in assigned.values()
        if one.assignment.module_slug == module
        for attempt in taken.get((one.assignment.id, name), ())
    ]


def marked_attempts(wanted: sa.ColumnElement[bool]) -> list[MarkedAttempt]:
    """The attempts that are submitted, each with its last marking."""
    rows = db.session.execute(
        sa.select(
            digits(Attempt.id),
            digits(Attempt.user_id),
            Attempt.number,
            digits(Attempt.assignment_id),
            Attempt.assessment,
            digits(Attempt.module_version_id),
            Attempt.pins,
            Result.waiting,
            Result.marks,
        )
        .join(Result, Result.attempt_id == Attempt.id)
        .where(wanted)
        .order_by(Result.run)
    )
    known = cache(uuid.UUID)
    last = {row[0]: row for row in rows}
    return [
        MarkedAttempt(
            id=attempt,
            person=person,
            number=number,
            assignment_id=known(assignment),
            assessment=assessment,
            versions=(known(version), *(known(pin) for _slug, pin in sorted(pins.items()))),
            is_waiting=bool(waiting),
            marks=marks,
        )
        for attempt, person, number, assignment, assessment, version, pins, waiting, marks in last.values()
    ]


@lru_cache(maxsize=64)
def wordings_of(versions: tuple[uuid.UUID, ...]) -> Mapping[str, tuple[Item, uuid.UUID]]:
    """The items of these versions by id, each with the version that it stands in."""
    return {item.id: (item, version) for version in reversed(versions) for item in module_of(version).items}


def counted_answers(
    wanted: sa.ColumnElement[bool], attempts: Iterable[MarkedAttempt]
) -> Mapping[str, Mapping[str, Answer]]:
    """The answers that were marked, by attempt and item."""
    counted = {
        attempt.id: {response.replace("-", "") for _mark, response in attempt.marks.values() if response}
        for attempt in attempts
    }
    rows = db.session.execute(
        sa.select(digits(Response.attempt_id), digits(Response.id), Response.item_id, Response.answer)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(wanted)
    )
    answers: dict[str, dict[str, Answer]] = {}
    for attempt_id, response_id, item_id, answer in rows:
        if response_id in counted.get(attempt_id, ()):
            answers.setdefault(attempt_id, {})[item_id] = answer
    return answers


def version_numbers(version_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    rows = db.session.execute(
        sa.select(ModuleVersion.id, ModuleVersion.number).where(ModuleVersion.id.in_(list(version_ids)))
    )
    return dict(rows.all())


def question_line(
    statistics: ItemStatistics, wording: Wording, changes: Iterable[Change], on_now: Mapping[str, uuid.UUID]
) -> QuestionLine:
    """*on_now*: the version of each module that the cohort is on. Of a module that it does not have, all is current."""
    item, module = wording.item, module_of(wording.version_id)
    corrections = tuple(one for one in changes if (one.version, one.item) == (wording.version_id, item.id))
    key = key_with((wording.version_id,), corrections)[item.id]
    current = module_of(on_now.get(module.slug, wording.version_id)).item_by_id.get(item.id)
    return QuestionLine(
        statistics=statistics,
        language=module.language,
        module=module.title,
        objective=module.objective_by_id[item.objective].text,
        lesson=module.lesson_by_slug[item.lesson].title,
        version=wording.number,
        version_id=wording.version_id,
        is_current=current is not None and current.digest == item.digest,
        parts=parts_of(item, key, statistics),
        doubts=() if key.given_to_all else doubts(statistics, key.correct),
        correction=corrections[-1] if corrections else None,
    )


def waiting_question(wording: Wording, papers: int) -> WaitingQuestion:
    return WaitingQuestion(wording.item, module_of(wording.version_id), wording.version_id, papers)


def questions_table(report: QuestionsReport) -> tuple[list[str], list[list[str]]]:
    """The questions as text for a file: one line for each thing that could be said; one for what has none."""
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
        _("Discrimination from"),
        _("Discrimination to"),
        _("Correlation with the score"),
        _("Discriminative efficiency"),
        _("Effective weight (%)"),
        _("Part"),
        _("Reliability (Cronbach's alpha)"),
        _("Reliability without the question"),
    ]
    rows = []
    for line in report.questions:
        one, without = line.statistics, report.without(line.statistics.item.digest)
        reliability = (without[0][1].alpha, without[0][1].without) if without else (None, None)
        low, high = one.discrimination_interval or (None, None)
        said: list[tuple[str, Choice | None]] = [(part.title, each) for part in line.parts for each in part.choices]
        for title, choice in said or [("", None)]:
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
                    whole(one.discrimination),
                    str(one.blank),
                    *(choice_cells(choice) if choice else [""] * 5),
                    *map(whole, (low, high, one.with_total, one.efficiency, one.weight)),
                    title,
                    *map(plain, reliability),
                ]
            )
    return header, rows


def choice_cells(choice: Choice) -> list[str]:
    return [
        choice.text,
        _("yes") if choice.is_key else _("no"),
        str(choice.count),
        hundredths(choice.share),
        choice.misconception or "",
    ]


def whole(value: float | None) -> str:
    return "" if value is None else str(round(value))
