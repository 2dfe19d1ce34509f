"""Where a person stands in a module: the one function that every page and every export calls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from training.domain.content import Assessment, Module
from training.domain.rules import Refusal, Rules, refusal, rules_for_all


class Status(StrEnum):
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"  # for a trainer to mark answers
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class LessonFact:
    """What a person did in one lesson, summed up."""

    lesson: str
    finished: bool
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ScenarioFact:
    """How far a person walked through one scenario, in one run or in all of them."""

    scenario: str
    finished: bool  # the story has ended
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptFact:
    id: UUID
    assessment: str
    number: int
    started_at: datetime
    deadline: datetime | None
    score: Fraction | None  # None while it is open
    passed: bool
    marked_at: datetime | None  # the first time: when it ended
    waiting: int = 0  # answers that a trainer has yet to mark
    red_lines: bool = False  # whether a red-line item was not answered in full

    @property
    def is_open(self) -> bool:
        return self.score is None

    @property
    def ended_at(self) -> datetime | None:
        """A break is counted from here: the marking may have come long after the time was up."""
        return min(self.marked_at, self.deadline or self.marked_at) if self.marked_at else None


@dataclass(frozen=True)
class AssessmentStanding:
    assessment: Assessment
    attempts: tuple[AttemptFact, ...]  # in the order of their numbers
    rules: Rules  # in force for this person

    @property
    def open(self) -> AttemptFact | None:
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def best(self) -> Fraction | None:
        """The best score that is final."""
        scores = [attempt.score for attempt in self.attempts if not attempt.waiting]
        return max((score for score in scores if score is not None), default=None)

    @property
    def passed(self) -> bool:
        return any(attempt.passed for attempt in self.attempts)

    @property
    def waiting(self) -> bool:
        """Not passed so far, and a trainer has yet to mark answers of an attempt."""
        return not self.passed and any(attempt.waiting for attempt in self.attempts)

    @property
    def failed(self) -> bool:
        """Tried, not passed, not trying at this moment, and not waiting for a trainer."""
        return bool(self.attempts) and not self.passed and self.open is None and not self.waiting

    @property
    def attempts_left(self) -> int | None:
        """None: as many as one likes."""
        allowed = self.rules.attempts
        return None if allowed is None else max(0, allowed - len(self.attempts))

    def refusal(self, at: datetime) -> Refusal | None:
        """Why no attempt can start now; None when one can, or when one is open."""
        ended = [attempt.ended_at for attempt in self.attempts if attempt.ended_at]
        return None if self.open else refusal(self.rules, ended, at=at)


@dataclass(frozen=True)
class Standing:
    """A person's standing in an assigned module at one instant."""

    status: Status
    share: Fraction  # of the lessons, scenarios and assessments that are done, 0 to 1; 1 once the module is passed
    lessons: Mapping[str, LessonFact]  # by slug; a lesson never opened is not there
    scenarios: Mapping[str, ScenarioFact]  # by slug; a scenario never begun is not there
    assessments: Mapping[str, AssessmentStanding]  # by id, each of the module's
    last_at: datetime | None  # when the person last did something in the module
    due_at: datetime | None  # for this person: the earliest day by which something is still to be passed

    def finished(self, lesson: str) -> bool:
        return lesson in self.lessons and self.lessons[lesson].finished

    def walked(self, scenario: str) -> bool:
        """Whether the person has been at an end of its story."""
        return scenario in self.scenarios and self.scenarios[scenario].finished

    @property
    def attempts(self) -> int:
        return sum(len(one.attempts) for one in self.assessments.values())

    @property
    def best(self) -> Fraction | None:
        """The lowest of the best scores: what decides when a module has several assessments to pass."""
        scores = [one.best for one in self.assessments.values() if not one.assessment.only_measures]
        return min((score for score in scores if score is not None), default=None)


def standing(
    module: Module,
    lessons: Iterable[LessonFact],
    attempts: Iterable[AttemptFact],
    scenarios: Iterable[ScenarioFact] = (),
    *,
    due_at: datetime | None,
    at: datetime,
    rules: Mapping[str, Rules] | None = None,
) -> Standing:
    """Fold what a person did in *module* into where they stand.

    *rules*: in force for them, by assessment id; without, the module's own. passed: each assessment
    is passed (in a module without any: each lesson is finished). failed: not passed, an assessment
    was tried without success and none is being tried now. waiting: not passed, none is being tried,
    and answers wait for a trainer. overdue: none of these, and the due date of what is not passed is
    over. Lessons and scenarios of earlier versions do not count, and no scenario is needed to pass.
    """
    if rules is None:
        rules = {a.id: rules_for_all(a, {}, opens_at=None, due_at=due_at) for a in module.assessments}
    done = {fact.lesson: fact for fact in lessons if fact.lesson in module.lesson_by_slug}
    walks: dict[str, ScenarioFact] = {}
    for fact in scenarios:  # one for each run
        if fact.scenario in module.scenario_by_slug:
            before = walks.get(fact.scenario, fact)
            walks[fact.scenario] = ScenarioFact(
                fact.scenario, fact.finished or before.finished, max(fact.last_at, before.last_at)
            )
    tried = sorted(attempts, key=lambda attempt: attempt.number)
    assessments = {
        a.id: AssessmentStanding(a, tuple(attempt for attempt in tried if attempt.assessment == a.id), rules[a.id])
        for a in module.assessments
    }
    finished = sum(fact.finished for fact in done.values())
    walked = sum(fact.finished for fact in walks.values())
    passed = sum(a.passed for a in assessments.values())
    times = [fact.last_at for fact in done.values()] + [fact.last_at for fact in walks.values()]
    times += [t for a in tried for t in (a.started_at, a.marked_at) if t]
    dues = [a.rules.due_at for a in assessments.values() if not a.passed] if assessments else [due_at]
    due_at = min((due for due in dues if due), default=due_at)
    is_trying = any(a.open for a in assessments.values())
    status = decide(
        passed=passed == len(assessments) if assessments else finished == len(module.lessons),
        failed=any(a.failed for a in assessments.values()) and not is_trying,
        waiting=any(a.waiting for a in assessments.values()) and not is_trying,
        overdue=due_at is not None and at > due_at,
        started=bool(done or walks or tried),
    )
    steps = len(module.lessons) + len(module.scenarios) + len(assessments)
    return Standing(
        status=status,
        share=Fraction(1) if status is Status.PASSED else Fraction(finished + walked + passed, steps or 1),
        lessons=done,
        scenarios=walks,
        assessments=assessments,
        last_at=max(times, default=None),
        due_at=due_at,
    )


def decide(*, passed: bool, failed: bool, waiting: bool, overdue: bool, started: bool) -> Status:
    if passed:
        return Status.PASSED
    if failed:
        return Status.FAILED
    if waiting:
        return Status.WAITING
    if overdue:
        return Status.OVERDUE
    return Status.IN_PROGRESS if started else Status.NOT_STARTED


@dataclass(frozen=True)
class Step:
    """One thing to do: read this lesson, practise in this scenario, or take this assessment.

    A scenario comes with the assessment that may be taken without it.
    """

    lesson: str | None = None
    scenario: str | None = None
    assessment: str | None = None
    is_begun: bool = False
    wait: Refusal | None = None  # why the assessment cannot be taken yet, and until when

    @property
    def is_now(self) -> bool:
        """Whether it can be done at once."""
        return self.wait is None or self.scenario is not None


def next_step(module: Module, standing: Standing, *, at: datetime) -> Step | None:
    """What to do next in a module: go on with an open attempt, take the test that comes before the lessons,
    read the next lesson, practise in a scenario, take what is not passed, or wait until it may be taken.
    None when all is done, waits for a trainer, or no attempt can start any more."""
    for one in standing.assessments.values():
        if one.open:
            return Step(assessment=one.assessment.id, is_begun=True)
    if standing.status is Status.PASSED:
        return None
    missing = [one for one in standing.assessments.values() if not one.passed and not one.waiting]
    steps = [Step(assessment=one.assessment.id, wait=one.refusal(at)) for one in missing]
    steps = [step for step in steps if step.wait is None or step.wait.until]
    before = {one.assessment.id for one in missing if one.assessment.kind == "pre-test"}
    for step in steps:
        if step.is_now and step.assessment in before:
            return step
    for lesson in module.lessons:
        if not standing.finished(lesson.slug):
            return Step(lesson=lesson.slug, is_begun=lesson.slug in standing.lessons)
    if not steps:
        return None
    first = min(steps, key=lambda step: step.wait.until or at if step.wait else at)
    for scenario in module.scenarios:
        if not standing.walked(scenario.slug):
            return replace(first, scenario=scenario.slug, is_begun=scenario.slug in standing.scenarios)
    return first
