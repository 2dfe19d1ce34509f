"""Loads what people did and folds it: where each of them stands in each assigned module.

The same few statements for one person and for a thousand.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from training.curriculum import module_of
from training.db import digits, rows
from training.domain.progress import AttemptFact, LessonFact, ScenarioFact, Standing, standing
from training.domain.rules import Allowance, with_allowance
from training.domain.scenarios import ends
from training.models import Allowance as AllowanceRow
from training.models import Assignment, Attempt, LessonEvent, Result, ScenarioStep
from training.rules import FIELDS, cohort_rules

Pair = tuple[uuid.UUID, uuid.UUID]  # a person's id and an assignment's id
Rows = Sequence[Any]  # of a statement below: each begins with a person's and an assignment's id, as digits


def standings(
    people: Collection[uuid.UUID], assignments: Sequence[Assignment], *, at: datetime
) -> Mapping[Pair, Standing]:
    """The standing of each person in each assignment at the instant *at*."""
    assigned = dict.fromkeys(people, assignments)
    return {(person, assignment.id): found for person, assignment, found in each_standing(assigned, at=at)}


def standing_of(person: uuid.UUID, assignment: Assignment, *, at: datetime) -> Standing:
    return standings([person], [assignment], at=at)[person, assignment.id]


def each_standing(
    assigned: Mapping[uuid.UUID, Sequence[Assignment]], *, at: datetime
) -> Iterator[tuple[uuid.UUID, Assignment, Standing]]:
    """The same, person by person: who sums them up need not hold what a thousand people did.

    *assigned*: to whom, what.
    """
    assignments = {one.id: one for own in assigned.values() for one in own}
    lessons, walks, attempts, allowances = (
        PersonByPerson(rows(statement.where(concerning(table, assigned, assignments))))
        for table, statement in (
            (LessonEvent, LESSONS),
            (ScenarioStep, LAST_STEPS),
            (Attempt, ATTEMPTS),
            (AllowanceRow, ALLOWANCES),
        )
    )
    rules = {
        one.id: {a.id: cohort_rules(one, a) for a in module_of(one.module_version_id).assessments}
        for one in assignments.values()
    }
    for person in sorted(assigned, key=lambda person: person.hex):
        read, tried = lesson_facts(lessons.rows_of(person)), attempt_facts(attempts.rows_of(person))
        walked, allowed = scenario_facts(walks.rows_of(person)), allowance_facts(allowances.rows_of(person))
        for assignment in assigned[person]:
            own = rules[assignment.id]
            if more := allowed.get(assignment.id.hex):
                own = {name: with_allowance(one, more.get(name)) for name, one in own.items()}
            found = standing(
                module_of(assignment.module_version_id),
                read.get(assignment.id.hex, ()),
                tried.get(assignment.id.hex, ()),
                walked.get(assignment.id.hex, ()),
                rules=own,
                due_at=assignment.due_at,
                at=at,
            )
            yield person, assignment, found


class PersonByPerson:
    """Takes rows that stand in the order of the people's ids as they come from the database."""

    def __init__(self, found: sa.CursorResult[*tuple[Any, ...]]) -> None:
        self.groups = groupby(found.yield_per(500), key=itemgetter(0))
        self.next = next(self.groups, None)

    def rows_of(self, person: uuid.UUID) -> Rows:
        """Ask for people in the order of their ids."""
        while self.next and self.next[0] < person.hex:  # somebody who is not asked for
            self.next = next(self.groups, None)
        return list(self.next[1]) if self.next and self.next[0] == person.hex else ()


def concerning(
    table: type[LessonEvent] | type[ScenarioStep] | type[Attempt] | type[AllowanceRow],
    people: Collection[uuid.UUID],
    assignments: Collection[uuid.UUID],
) -> sa.ColumnElement[bool]:
    """The rows of one person, or of whole assignments: a list of a thousand people is no condition."""
    wanted = table.assignment_id.in_(assignments)
    return wanted & table.user_id.in_(people) if len(people) == 1 else wanted


LESSONS = (
    sa.select(
        digits(LessonEvent.user_id),
        digits(LessonEvent.assignment_id),
        LessonEvent.lesson,
        sa.func.max(sa.case((LessonEvent.kind == "finished", 1), else_=0)),
        sa.func.max(LessonEvent.at, type_=LessonEvent.at.type),
    )
    .group_by(LessonEvent.assignment_id, LessonEvent.user_id, LessonEvent.lesson)  # as the index has them
    .order_by(LessonEvent.user_id)
)
LATER = aliased(ScenarioStep)
LAST_STEPS = (  # of each run
    sa.select(
        digits(ScenarioStep.user_id),
        digits(ScenarioStep.assignment_id),
        ScenarioStep.module_version_id,
        ScenarioStep.scenario,
        ScenarioStep.point,
        ScenarioStep.choice,
        ScenarioStep.at,
    )
    .where(~sa.exists().where(LATER.run == ScenarioStep.run, LATER.number == ScenarioStep.number + 1))
    .order_by(ScenarioStep.user_id)
)
ATTEMPTS = (
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
        sa.cast(Result.red_lines, sa.Text) != "[]",
    )
    .outerjoin(Result, Result.attempt_id == Attempt.id)
    .order_by(Attempt.user_id, Result.run)
)
ALLOWANCES = sa.select(
    digits(AllowanceRow.user_id), digits(AllowanceRow.assignment_id), AllowanceRow.assessment, *FIELDS
).order_by(AllowanceRow.user_id, AllowanceRow.granted_at, AllowanceRow.id)


def lesson_facts(found: Rows) -> Mapping[str, list[LessonFact]]:
    """By the digits of the assignment's id, as in the next three."""
    facts: dict[str, list[LessonFact]] = {}
    for _person, assignment, lesson, finished, last_at in found:
        facts.setdefault(assignment, []).append(LessonFact(lesson, bool(finished), last_at))
    return facts


def scenario_facts(found: Rows) -> Mapping[str, list[ScenarioFact]]:
    """A run stays in the version in which it began, so that version says whether its story has ended."""
    facts: dict[str, list[ScenarioFact]] = {}
    for _person, assignment, version, scenario, point, choice, at in found:
        story = module_of(version).scenario_by_slug[scenario]
        ended = ends(story.point_by_id[point].choice_by_id[choice])
        facts.setdefault(assignment, []).append(ScenarioFact(scenario, ended, at))
    return facts


def attempt_facts(found: Rows) -> Mapping[str, list[AttemptFact]]:
    latest: dict[uuid.UUID, tuple[str, AttemptFact]] = {}  # a later run replaces an earlier one
    for _person, assignment, attempt, assessment, number, started_at, deadline, *marked in found:
        score, passed, marked_at, waiting, red_lines = marked
        ended_at = latest[attempt][1].marked_at if attempt in latest else marked_at
        fact = AttemptFact(
            attempt,
            assessment,
            number,
            started_at,
            deadline,
            score,
            bool(passed),
            ended_at,
            waiting or 0,
            bool(red_lines),
        )
        latest[attempt] = assignment, fact
    facts: dict[str, list[AttemptFact]] = {}
    for assignment, fact in latest.values():
        facts.setdefault(assignment, []).append(fact)
    return facts


def allowance_facts(found: Rows) -> Mapping[str, Mapping[str, Allowance]]:
    """Then by the assessment; the latest counts."""
    facts: dict[str, dict[str, Allowance]] = {}
    for _person, assignment, assessment, minutes, attempts, due_at, reason in found:
        facts.setdefault(assignment, {})[assessment] = Allowance(minutes, attempts, due_at, reason)
    return facts
