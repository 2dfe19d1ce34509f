"""Loads what people did and folds it: where each of them stands in each assigned module.

The same few statements for one person and for a thousand.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from training.curriculum import module_of
from training.db import db, digits
from training.domain.progress import AttemptFact, LessonFact, Standing, standing
from training.domain.rules import Allowance, Rules, with_allowance
from training.models import Allowance as AllowanceRow
from training.models import Assignment, Attempt, LessonEvent, Result
from training.rules import FIELDS, cohort_rules

T = TypeVar("T")
Pair = tuple[uuid.UUID, uuid.UUID]  # a person's id and an assignment's id
Facts = Mapping[str, Mapping[str, list[T]]]  # by the digits of the assignment's id, then of the person's


@dataclass(frozen=True)
class Record:
    """What is known of people in assignments, loaded at once."""

    lessons: Facts[LessonFact]
    attempts: Facts[AttemptFact]
    allowances: Facts[tuple[str, Allowance]]  # with the assessment, the latest last
    rules: Mapping[uuid.UUID, Mapping[str, Rules]]  # for everybody, by the assignment's id and the assessment's


def standings(
    people: Sequence[uuid.UUID], assignments: Sequence[Assignment], *, at: datetime
) -> Mapping[Pair, Standing]:
    """The standing of each person in each assignment at the instant *at*."""
    record = load(people, assignments)
    return {
        (person, assignment.id): fold(person, assignment, record, at) for assignment in assignments for person in people
    }


def standings_in_cohorts(
    members: Mapping[uuid.UUID, Collection[uuid.UUID]], assignments: Sequence[Assignment], *, at: datetime
) -> Mapping[Pair, Standing]:
    """The same for several cohorts, each with its own *members*, by the cohort's id."""
    record = load((), assignments)
    return {
        (person, assignment.id): fold(person, assignment, record, at)
        for assignment in assignments
        for person in members.get(assignment.cohort_id, ())
    }


def load(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Record:
    return Record(
        lessons=lesson_facts(people, assignments),
        attempts=attempt_facts(people, assignments),
        allowances=allowance_facts(people, assignments),
        rules={
            assignment.id: {
                a.id: cohort_rules(assignment, a) for a in module_of(assignment.module_version_id).assessments
            }
            for assignment in assignments
        },
    )


def fold(person: uuid.UUID, assignment: Assignment, record: Record, at: datetime) -> Standing:
    rules = record.rules[assignment.id]
    if allowed := dict(record.allowances[assignment.id.hex].get(person.hex, ())):
        rules = {name: with_allowance(one, allowed.get(name)) for name, one in rules.items()}
    return standing(
        module_of(assignment.module_version_id),
        record.lessons[assignment.id.hex].get(person.hex, ()),
        record.attempts[assignment.id.hex].get(person.hex, ()),
        rules=rules,
        due_at=assignment.due_at,
        at=at,
    )


def standing_of(person: uuid.UUID, assignment: Assignment, *, at: datetime) -> Standing:
    return standings([person], [assignment], at=at)[person, assignment.id]


def concerning(
    table: type[LessonEvent] | type[Attempt] | type[AllowanceRow],
    people: Sequence[uuid.UUID],
    assignments: Sequence[Assignment],
) -> sa.ColumnElement[bool]:
    """The rows of one person, or of whole assignments: a list of a thousand people is no condition."""
    wanted = table.assignment_id.in_([assignment.id for assignment in assignments])
    return wanted & (table.user_id == people[0]) if len(people) == 1 else wanted


def lesson_facts(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Facts[LessonFact]:
    rows = db.session.execute(
        sa.select(
            digits(LessonEvent.user_id),
            digits(LessonEvent.assignment_id),
            LessonEvent.lesson,
            sa.func.max(sa.case((LessonEvent.kind == "finished", 1), else_=0)),
            sa.func.max(LessonEvent.at, type_=LessonEvent.at.type),
        )
        .where(concerning(LessonEvent, people, assignments))
        .group_by(LessonEvent.user_id, LessonEvent.assignment_id, LessonEvent.lesson)
    )
    facts: defaultdict[str, defaultdict[str, list[LessonFact]]] = defaultdict(lambda: defaultdict(list))
    for person, assignment, lesson, finished, last_at in rows:
        facts[assignment][person].append(LessonFact(lesson, bool(finished), last_at))
    return facts


def attempt_facts(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Facts[AttemptFact]:
    rows = db.session.execute(
        sa.select(
            digits(Attempt.user_id),
            digits(Attempt.assignment_id),
            Attempt.id,
            Attempt.assessment,
            Attempt.number,
            Attempt.started_at,
            Attempt.deadline,
            Result.score,
            Result.passed,
            Result.marked_at,
            Result.waiting,
        )
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(concerning(Attempt, people, assignments))
        .order_by(Result.run)
    )
    latest: dict[uuid.UUID, tuple[str, str, AttemptFact]] = {}  # a later run replaces an earlier one
    for person, assignment, attempt, assessment, number, started_at, deadline, *marked in rows:
        score, passed, marked_at, waiting = marked
        ended_at = latest[attempt][2].marked_at if attempt in latest else marked_at
        fact = AttemptFact(
            attempt, assessment, number, started_at, deadline, score, bool(passed), ended_at, waiting or 0
        )
        latest[attempt] = person, assignment, fact
    facts: defaultdict[str, defaultdict[str, list[AttemptFact]]] = defaultdict(lambda: defaultdict(list))
    for person, assignment, fact in latest.values():
        facts[assignment][person].append(fact)
    return facts


def allowance_facts(people: Sequence[uuid.UUID], assignments: Sequence[Assignment]) -> Facts[tuple[str, Allowance]]:
    rows = db.session.execute(
        sa.select(digits(AllowanceRow.user_id), digits(AllowanceRow.assignment_id), AllowanceRow.assessment, *FIELDS)
        .where(concerning(AllowanceRow, people, assignments))
        .order_by(AllowanceRow.granted_at, AllowanceRow.id)
    )
    facts: defaultdict[str, defaultdict[str, list[tuple[str, Allowance]]]] = defaultdict(lambda: defaultdict(list))
    for person, assignment, assessment, minutes, attempts, due_at, reason in rows:
        facts[assignment][person].append((assessment, Allowance(minutes, attempts, due_at, reason)))
    return facts
