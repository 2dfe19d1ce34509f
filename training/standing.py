"""Loads what people did and folds it: where each of them stands in each assigned module.

The same few statements for one person and for a thousand.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from training.curriculum import module_of
from training.db import db
from training.domain.progress import AttemptFact, LessonFact, Standing, standing
from training.models import Assignment, Attempt, LessonEvent, Result

Pair = tuple[uuid.UUID, uuid.UUID]  # a person's id and an assignment's id


def standings(
    people: Sequence[uuid.UUID], assignments: Sequence[Assignment], *, at: datetime
) -> Mapping[Pair, Standing]:
    """The standing of each person in each assignment at the instant *at*."""
    lessons = lesson_facts(people, assignments)
    attempts = attempt_facts(people, assignments)
    return {
        (person, assignment.id): fold(person, assignment, lessons, attempts, at)
        for assignment in assignments
        for person in people
    }


def standings_in_cohorts(
    members: Mapping[uuid.UUID, Collection[uuid.UUID]], assignments: Sequence[Assignment], *, at: datetime
) -> Mapping[Pair, Standing]:
    """The same for several cohorts, each with its own *members*, by the cohort's id."""
    lessons = lesson_facts((), assignments)
    attempts = attempt_facts((), assignments)
    return {
        (person, assignment.id): fold(person, assignment, lessons, attempts, at)
        for assignment in assignments
        for person in members.get(assignment.cohort_id, ())
    }


def fold(
    person: uuid.UUID,
    assignment: Assignment,
    lessons: Mapping[Pair, list[LessonFact]],
    attempts: Mapping[Pair, list[AttemptFact]],
    at: datetime,
) -> Standing:
    return standing(
        module_of(assignment.module_version_id),
        lessons.get((person, assignment.id), ()),
        attempts.get((person, assignment.id), ()),
        due_at=assignment.due_at,
        at=at,
    )


def standing_of(person: uuid.UUID, assignment: Assignment, *, at: datetime) -> Standing:
    return standings([person], [assignment], at=at)[person, assignment.id]


def concerning(
    table: type[LessonEvent] | type[Attempt], people: Sequence[uuid.UUID], assignments: Sequence[Assignment]
) -> sa.ColumnElement[bool]:
    """The rows of one person, or of whole assignments: a list of a thousand people is no condition."""
    wanted = table.assignment_id.in_([assignment.id for assignment in assignments])
    return wanted & (table.user_id == people[0]) if len(people) == 1 else wanted


def lesson_facts(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Mapping[Pair, list[LessonFact]]:
    right = sa.case((LessonEvent.mark == 1, LessonEvent.item_id))
    rows = db.session.execute(
        sa.select(
            LessonEvent.user_id,
            LessonEvent.assignment_id,
            LessonEvent.lesson,
            sa.func.max(sa.case((LessonEvent.kind == "finished", 1), else_=0)),
            sa.func.count(right.distinct()),
            sa.func.max(LessonEvent.at, type_=LessonEvent.at.type),
        )
        .where(concerning(LessonEvent, people, assignments))
        .group_by(LessonEvent.user_id, LessonEvent.assignment_id, LessonEvent.lesson)
    )
    facts = defaultdict(list)
    for person, assignment, lesson, finished, count, last_at in rows:
        facts[person, assignment].append(LessonFact(lesson, bool(finished), count, last_at))
    return facts


def attempt_facts(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Mapping[Pair, list[AttemptFact]]:
    rows = db.session.execute(
        sa.select(
            Attempt.user_id,
            Attempt.assignment_id,
            Attempt.id,
            Attempt.assessment,
            Attempt.number,
            Attempt.started_at,
            Attempt.deadline,
            Result.score,
            Result.passed,
            Result.marked_at,
        )
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(concerning(Attempt, people, assignments))
        .order_by(Result.run)
    )
    latest: dict[uuid.UUID, tuple[Pair, AttemptFact]] = {}  # a later run replaces an earlier one
    for person, assignment, attempt, assessment, number, started_at, deadline, score, passed, marked_at in rows:
        fact = AttemptFact(attempt, assessment, number, started_at, deadline, score, bool(passed), marked_at)
        latest[attempt] = (person, assignment), fact
    facts = defaultdict(list)
    for pair, fact in latest.values():
        facts[pair].append(fact)
    return facts
