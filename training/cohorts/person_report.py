"""What a trainer sees of one person: where they stand in each module, and one attempt read again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from training.closing import TIME_IS_UP
from training.cohorts.assignments import AssignedModule, assigned_modules
from training.curriculum import assessment_of, module_of
from training.domain.clocks import clock_off, noticeable
from training.domain.content import Assessment, Module
from training.domain.gain import Gain
from training.domain.progress import AttemptFact, Standing
from training.domain.responses import ResponseFact, effective, set_aside
from training.domain.rules import AttemptTime
from training.gains import gain_of
from training.marking import ReviewedAttempt, facts_of, reviewed
from training.models import Attempt, Cohort
from training.scenario_runs import Run, runs_of
from training.standing import standings


@dataclass(frozen=True)
class LessonLine:
    title: str
    is_finished: bool
    is_begun: bool
    last_at: datetime | None


@dataclass(frozen=True)
class AttemptLine:
    assessment: Assessment
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
    runs: tuple[Run, ...]  # through its scenarios, the newest first

    @property
    def finished(self) -> int:
        return sum(lesson.is_finished for lesson in self.lessons)


def person_report(cohort: Cohort, user_id: uuid.UUID, *, at: datetime) -> tuple[PersonModule, ...]:
    """Where a person stands in each module; withdrawn modules only if they did something there."""
    assigned = assigned_modules(cohort)
    assignments = [one.assignment for one in assigned]
    found = standings([user_id], assignments, at=at)
    runs = runs_of(user_id, *assignments)
    modules = []
    for one in assigned:
        standing = found[user_id, one.assignment.id]
        if one.assignment.withdrawn_at is None or standing.last_at:
            document = module_of(one.assignment.module_version_id)
            own = tuple(run for run in reversed(runs) if run.assignment_id == one.assignment.id)
            lines = lesson_lines(document, standing), attempt_lines(standing)
            modules.append(PersonModule(one, standing, *lines, own))
    return tuple(modules)


def lesson_lines(document: Module, standing: Standing) -> tuple[LessonLine, ...]:
    lines = []
    for lesson in document.lessons:
        fact = standing.lessons.get(lesson.slug)
        last_at = fact.last_at if fact else None
        lines.append(LessonLine(lesson.title, standing.finished(lesson.slug), fact is not None, last_at))
    return tuple(lines)


def attempt_lines(standing: Standing) -> tuple[AttemptLine, ...]:
    lines = [AttemptLine(one.assessment, fact) for one in standing.assessments.values() for fact in one.attempts]
    return tuple(sorted(lines, key=lambda line: line.fact.started_at, reverse=True))


# One attempt


@dataclass(frozen=True)
class AttemptReport:
    attempt: Attempt
    module: Module
    assessment: Assessment
    reviewed: ReviewedAttempt | None  # None while the attempt is open: then no answer and no key is shown
    late: Mapping[str, datetime]  # by item: when an answer came in that was too late to count
    time: AttemptTime
    set_aside: Mapping[str, ResponseFact]  # by item: an answer that came from a device which had lost the attempt
    clock_off: timedelta | None  # how far the device's clock is ahead of ours, where that is worth saying
    time_was_up: bool = False  # it was not submitted by the trainee
    gain: Gain | None = None  # after a test before


def attempt_report(attempt: Attempt) -> AttemptReport:
    module, assessment = module_of(attempt.module_version_id), assessment_of(attempt)
    facts = facts_of(attempt)
    if not facts.results:
        return AttemptReport(attempt, module, assessment, None, {}, facts.time, {}, None)
    closed_at = min(filter(None, [facts.time.last, facts.closed_at]))
    given = facts.responses
    return AttemptReport(
        attempt,
        module,
        assessment,
        reviewed(attempt, facts),
        late={one.item: one.received_at for one in given if one.received_at > closed_at and not one.set_aside},
        time=facts.time,
        set_aside=set_aside(given, effective(given, until=closed_at)),
        clock_off=noticeable(clock_off((one.sent_at, one.received_at) for one in given)),
        time_was_up=facts.results[0].reason == TIME_IS_UP,
        gain=gain_of(attempt, facts.results[-1]),
    )
