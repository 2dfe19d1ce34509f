"""The rules of an assessment for one person: the author's, as their trainer changed them for the cohort
and for this person. And what follows from them: whether an attempt may start, and when it ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from training.domain.content import Assessment, Frozen, Showing

NO_TIME = timedelta(0)


class Changes(Frozen):
    """What a trainer sets for a cohort, or for one assessment of it. None: as in the module."""

    opens_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    attempts: int | None = None  # 0: as many as one likes
    wait_hours: int | None = None
    minutes: int | None = None  # 0: no limit
    grace_seconds: int | None = None
    review: Showing | None = None
    outage_minutes: int | None = None


@dataclass(frozen=True)
class Allowance:
    """What one person gets on top, and why."""

    extra_minutes: int = 0
    extra_attempts: int = 0
    due_at: datetime | None = None  # None: as for everybody
    reason: str = ""

    @property
    def gives_something(self) -> bool:
        return bool(self.extra_minutes or self.extra_attempts or self.due_at)


@dataclass(frozen=True)
class Rules:
    """What is in force for one person, the allowance included."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    attempts: int | None = None  # None: as many as one likes
    wait_hours: int = 0
    minutes: int | None = None  # None: no limit
    grace_seconds: int = 60
    review: Showing = "feedback"
    outage_minutes: int = 0
    allowance: Allowance | None = None

    @property
    def extra_minutes(self) -> int:
        return self.allowance.extra_minutes if self.allowance and self.minutes else 0


def rules_for_all(
    assessment: Assessment, changes: Mapping[str, Any], *, opens_at: datetime | None, due_at: datetime | None
) -> Rules:
    """What is in force for a cohort. *changes* are the trainer's, by assessment id, as they are stored."""
    own = changes_of(changes, assessment.id)

    def either(changed: int | None, authors: int | None) -> int | None:
        return (authors if changed is None else changed) or None

    return Rules(
        opens_at=own.opens_at or opens_at,
        due_at=own.due_at or due_at,
        attempts=either(own.attempts, assessment.attempts),
        wait_hours=either(own.wait_hours, assessment.wait_hours) or 0,
        minutes=either(own.minutes, assessment.minutes),
        grace_seconds=either(own.grace_seconds, assessment.grace_seconds) or 0,
        review=own.review or assessment.review,
        outage_minutes=either(own.outage_minutes, assessment.outage_minutes) or 0,
    )


def changes_of(changes: Mapping[str, Any], assessment: str) -> Changes:
    return Changes.model_validate(changes.get(assessment, {}), strict=False)


def with_allowance(rules: Rules, allowance: Allowance | None) -> Rules:
    """The same for a person with an *allowance*. A due date is only ever moved to a later day."""
    if allowance is None or not allowance.gives_something:
        return rules
    due_at = rules.due_at
    return replace(
        rules,
        due_at=max(due_at, allowance.due_at) if due_at and allowance.due_at else due_at,
        attempts=None if rules.attempts is None else rules.attempts + allowance.extra_attempts,
        minutes=None if rules.minutes is None else rules.minutes + allowance.extra_minutes,
        allowance=allowance,
    )


# Starting


class Why(StrEnum):
    """Why no attempt can start."""

    NOT_OPEN = "not-open"
    OVER = "over"  # the answers are shown to those who are finished
    NO_ATTEMPT_LEFT = "no-attempt-left"
    WAIT = "wait"
    NO_QUESTIONS = "no-questions"  # the bank no longer holds what the blueprint draws


@dataclass(frozen=True)
class Refusal:
    why: Why
    until: datetime | None = None  # None: waiting does not help


def refusal(rules: Rules, ended: Sequence[datetime], *, at: datetime) -> Refusal | None:
    """Why this person cannot start now; None when they can. *ended*: when each earlier attempt ended."""
    if rules.attempts is not None and len(ended) >= rules.attempts:
        return Refusal(Why.NO_ATTEMPT_LEFT)
    if feedback_is_out(rules, at=at):
        return Refusal(Why.OVER)
    waits = [(rules.opens_at, Why.NOT_OPEN)]
    if ended and rules.wait_hours:
        waits.append((max(ended) + timedelta(hours=rules.wait_hours), Why.WAIT))
    return max(
        (Refusal(why, moment) for moment, why in waits if moment and at < moment),
        key=lambda one: one.until or at,
        default=None,
    )


def feedback_is_out(rules: Rules, *, at: datetime) -> bool:
    """Whether those who are finished see the right answers because the due date is over."""
    return rules.review == "after-due" and rules.due_at is not None and at > rules.due_at


def shows_feedback(rules: Rules, *, at: datetime) -> bool:
    """Whether the result has the questions with their feedback, or the marks of each objective only."""
    return rules.review == "feedback" or feedback_is_out(rules, at=at)


# The time of an attempt


class Clock(Frozen):
    """The rules of time under which an attempt began: they hold until it ends."""

    extra_minutes: int = 0  # in its deadline already
    grace_seconds: int = 60
    outage_minutes: int = 0


def clock_of(rules: Rules) -> Clock:
    return Clock(
        extra_minutes=rules.extra_minutes, grace_seconds=rules.grace_seconds, outage_minutes=rules.outage_minutes
    )


@dataclass(frozen=True)
class Outage:
    """A time in which the server was down."""

    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class AttemptTime:
    """When an attempt ends: the one answer for its page, for saving, for marking and for reports."""

    end: datetime | None = None  # None: no limit
    last: datetime | None = None  # the end and its grace: what comes in later is late
    ended_at: datetime | None = None  # when it was marked; None: it is open
    extra_minutes: int = 0  # that the trainer allowed, before or since the start
    credited: timedelta = NO_TIME  # because the server was down

    @property
    def credited_minutes(self) -> int:
        """In whole minutes, begun ones counted."""
        return -(-self.credited // timedelta(minutes=1))

    def seconds_left(self, at: datetime) -> int | None:
        """Begun seconds count as whole ones; none is left once it has ended. None: no limit."""
        if self.end is None:
            return None
        return 0 if self.ended_at else max(0, -((at - self.end) // timedelta(seconds=1)))

    def is_up(self, at: datetime) -> bool:
        return self.end is not None and at >= self.end

    def is_over(self, at: datetime) -> bool:
        """Whether nothing that comes in counts any more: it was submitted, or the grace has passed too."""
        return self.ended_at is not None or (self.last is not None and at > self.last)


NO_LIMIT = AttemptTime()


def attempt_time(
    clock: Clock,
    *,
    started_at: datetime,
    deadline: datetime | None,
    ended_at: datetime | None = None,
    extra_minutes: int = 0,
    outages: Iterable[Outage] = (),
) -> AttemptTime:
    """*deadline*: as at the start. *extra_minutes*: the most that was allowed since; time once given stays given.

    While the server was down the clock stood still, up to the minutes that the rules give back.
    """
    if deadline is None:
        return AttemptTime(ended_at=ended_at)
    extra = max(clock.extra_minutes, extra_minutes)
    end = deadline + timedelta(minutes=extra - clock.extra_minutes)
    most, credited, counted_to = timedelta(minutes=clock.outage_minutes), NO_TIME, started_at
    for outage in sorted(outages, key=lambda one: one.began_at):
        began = max(outage.began_at, counted_to)
        if began < end + credited and began < outage.ended_at:
            credited = min(most, credited + (outage.ended_at - began))
            counted_to = outage.ended_at
    end += credited
    return AttemptTime(end, end + timedelta(seconds=clock.grace_seconds), ended_at, extra, credited)
