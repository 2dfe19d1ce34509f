"""What a trainer sees of one person: where they stand in each module, and one attempt read again."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from training.cohorts.assignments import AssignedModule, assigned_modules
from training.curriculum import module_of
from training.db import db, fraction
from training.domain.content import Answer, Assessment, Item, Module, Option
from training.domain.grading import ObjectiveScore, Review, by_objective, review
from training.domain.papers import option_order
from training.domain.progress import AttemptFact, Standing
from training.keys import key_of
from training.models import Attempt, Cohort, Result
from training.responses import responses_of
from training.standing import standings


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
