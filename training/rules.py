"""Loads what the rules of an assessment are for a person, and when an attempt of theirs ends (domain/rules.py)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from training.curriculum import assessment_of
from training.db import rows
from training.domain.content import Assessment
from training.domain.rules import (
    Allowance,
    AttemptTime,
    Clock,
    Outage,
    Rules,
    attempt_time,
    rules_for_all,
    with_allowance,
)
from training.models import Allowance as AllowanceRow
from training.models import Assignment, Attempt, Lease, Result
from training.models import Outage as OutageRow

LONGEST_EXTRA = timedelta(days=7)  # so long may allowances carry an attempt beyond its deadline: cohorts/rule_forms

FIELDS = (AllowanceRow.extra_minutes, AllowanceRow.extra_attempts, AllowanceRow.due_at, AllowanceRow.reason)
LATEST_ALLOWANCE = (
    sa.select(*FIELDS)
    .where(
        AllowanceRow.user_id == sa.bindparam("person", type_=sa.Uuid()),
        AllowanceRow.assignment_id == sa.bindparam("assignment", type_=sa.Uuid()),
        AllowanceRow.assessment == sa.bindparam("assessment"),
    )
    .order_by(AllowanceRow.granted_at.desc(), AllowanceRow.id.desc())
    .limit(1)
)


def rules_of(person: uuid.UUID, assignment: Assignment, assessment: Assessment) -> Rules:
    """What is in force for one person now."""
    asked = {"person": person, "assignment": assignment.id, "assessment": assessment.id}
    row = rows(LATEST_ALLOWANCE, asked).one_or_none()
    return with_allowance(cohort_rules(assignment, assessment), Allowance(*row) if row else None)


def cohort_rules(assignment: Assignment, assessment: Assessment) -> Rules:
    """What is in force for everybody whom the trainer has not allowed something else."""
    return rules_for_all(assessment, assignment.rules, opens_at=assignment.opens_at, due_at=assignment.due_at)


def rules_of_showing(attempt: Attempt) -> Rules:
    """What decides now what the person who made *attempt* sees of it. (Its time is `time_of`.)"""
    rules = cohort_rules(attempt.assignment, assessment_of(attempt))
    if rules.review == "after-due":  # their own due date decides
        return rules_of(attempt.user_id, attempt.assignment, assessment_of(attempt))
    return rules


# The time of an attempt

ENDED_AT = (
    sa.select(sa.func.min(Result.marked_at, type_=Result.marked_at.type))
    .where(Result.attempt_id == Attempt.id)
    .correlate(Attempt)
    .scalar_subquery()
)
EXTRA_SINCE = (
    sa.select(sa.func.max(AllowanceRow.extra_minutes))
    .where(
        AllowanceRow.assignment_id == Attempt.assignment_id,
        AllowanceRow.user_id == Attempt.user_id,
        AllowanceRow.assessment == Attempt.assessment,
        AllowanceRow.granted_at >= Attempt.started_at,
        AllowanceRow.granted_at <= sa.func.coalesce(ENDED_AT, AllowanceRow.granted_at),
    )
    .correlate(Attempt)
    .scalar_subquery()
)
OF_ATTEMPT = sa.bindparam("attempt", type_=sa.Uuid())
EPOCH = sa.select(sa.func.coalesce(sa.func.max(Lease.epoch), 0)).where(Lease.attempt_id == OF_ATTEMPT).scalar_subquery()
END = sa.select(sa.func.min(Result.marked_at, type_=Result.marked_at.type), EPOCH).where(
    Result.attempt_id == OF_ATTEMPT
)
MOMENTS = (
    sa.select(ENDED_AT, EPOCH, EXTRA_SINCE, OutageRow.began_at, OutageRow.ended_at)
    .select_from(Attempt)
    .outerjoin(
        OutageRow,
        sa.and_(
            OutageRow.ended_at > Attempt.started_at,
            OutageRow.began_at < sa.bindparam("latest", type_=OutageRow.began_at.type),
        ),
    )
    .where(Attempt.id == OF_ATTEMPT)
)


def time_of(attempt: Attempt) -> AttemptTime:
    """When *attempt* ends or ended."""
    return time_and_epoch_of(attempt)[0]


def time_and_epoch_of(attempt: Attempt) -> tuple[AttemptTime, int]:
    """The same, and the epoch of the lease that holds, 0 where there is none: saving needs both, in one statement."""
    if attempt.deadline is None:
        ended_at, epoch = rows(END, {"attempt": attempt.id}).one()
        return AttemptTime(ended_at=ended_at), epoch
    found = rows(MOMENTS, {"attempt": attempt.id, "latest": attempt.deadline + LONGEST_EXTRA}).all()
    outages = [Outage(began_at, ended_at) for *_, began_at, ended_at in found if began_at]
    ended_at, epoch, extra_minutes, *_ = found[0]
    return time_with(attempt, ended_at=ended_at, extra_minutes=extra_minutes or 0, outages=outages), epoch


def time_with(
    attempt: Attempt, *, extra_minutes: int, outages: Sequence[Outage], ended_at: datetime | None = None
) -> AttemptTime:
    """The same, where what it rests on is loaded."""
    return attempt_time(
        Clock.model_validate(attempt.rules),
        started_at=attempt.started_at,
        deadline=attempt.deadline,
        ended_at=ended_at,
        extra_minutes=extra_minutes,
        outages=outages,
    )


def all_outages() -> list[Outage]:
    return [Outage(*row) for row in rows(sa.select(OutageRow.began_at, OutageRow.ended_at), {})]
