import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from tests.factories_course import course_files
from training.domain.authoring import read_course
from training.domain.content import Assessment, Module
from training.domain.progress import AttemptFact, LessonFact, ScenarioFact, Status, Step, next_step, standing
from training.domain.rules import Refusal, Rules, Why

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MODULE = read_course(course_files()).modules[0].document
FIRST, SECOND = (lesson.slug for lesson in MODULE.lessons)
STORY = MODULE.scenarios[0].slug


def lesson(slug: str, *, finished: bool = True) -> LessonFact:
    return LessonFact(slug, finished, last_at=NOON)


def walk(slug: str, *, finished: bool = True, at: datetime = NOON) -> ScenarioFact:
    return ScenarioFact(slug, finished, last_at=at)


def attempt(number: int, score: Fraction | None) -> AttemptFact:
    passed = score is not None and score * 4 >= 3
    return AttemptFact(uuid.uuid4(), "quiz", number, NOON, None, score, passed, NOON if score is not None else None)


QUIZ = MODULE.assessments[0]
BEFORE = QUIZ.model_copy(update={"id": "before", "kind": "pre-test", "attempts": 1, "pass_mark": None})
MEASURED = MODULE.model_copy(update={"assessments": (QUIZ, BEFORE)})
MEASUREMENT = replace(attempt(1, Fraction(1, 4)), assessment="before", passed=True)


@pytest.mark.parametrize(
    ("lessons", "scores", "due_in", "status"),
    [
        ([], [], 1, Status.NOT_STARTED),
        ([], [], None, Status.NOT_STARTED),
        ([], [], -1, Status.OVERDUE),
        ([FIRST], [], 1, Status.IN_PROGRESS),
        ([FIRST], [], -1, Status.OVERDUE),
        ([], [None], 1, Status.IN_PROGRESS),
        ([], [None], -1, Status.OVERDUE),
        ([FIRST, SECOND], [Fraction(1, 2)], 1, Status.FAILED),
        ([FIRST, SECOND], [Fraction(1, 2)], -1, Status.FAILED),
        ([], [Fraction(1, 2), None], 1, Status.IN_PROGRESS),
        ([], [Fraction(1, 2), Fraction(3, 4)], 1, Status.PASSED),
        ([], [Fraction(3, 4)], -1, Status.PASSED),
        ([], [Fraction(3, 4), Fraction(0)], 1, Status.PASSED),
    ],
)
def test_where_a_person_stands(
    lessons: list[str], scores: list[Fraction | None], due_in: int | None, status: Status
) -> None:
    tried = [attempt(number, score) for number, score in enumerate(scores, start=1)]
    due_at = NOON + timedelta(days=due_in) if due_in else None
    assert standing(MODULE, map(lesson, lessons), tried, due_at=due_at, at=NOON).status is status


@pytest.mark.parametrize(
    ("scores", "waits", "due_in", "status"),
    [
        ([Fraction(1, 2)], [1], 1, Status.WAITING),
        ([Fraction(1, 2)], [1], -1, Status.WAITING),  # the person has done their part
        ([Fraction(1, 2), Fraction(3, 4)], [1, 0], 1, Status.PASSED),
        ([Fraction(1, 2), None], [1, 0], 1, Status.IN_PROGRESS),
        ([Fraction(1, 4), Fraction(1, 2)], [0, 2], 1, Status.WAITING),
    ],
)
def test_who_waits_for_a_trainer_has_neither_failed_nor_missed_the_day(
    scores: list[Fraction | None], waits: list[int], due_in: int, status: Status
) -> None:
    tried = [replace(attempt(n, score), waiting=waits[n - 1]) for n, score in enumerate(scores, start=1)]
    due_at = NOON + timedelta(days=due_in)
    found = standing(MODULE, [lesson(FIRST), lesson(SECOND)], tried, due_at=due_at, at=NOON)
    assert found.status is status
    if status is Status.WAITING:
        assert next_step(MODULE, found, at=NOON) is None


def test_a_score_that_is_not_final_is_not_the_best() -> None:
    waiting = replace(attempt(2, Fraction(1, 2)), waiting=1)
    found = standing(MODULE, [], [attempt(1, Fraction(1, 4)), waiting], due_at=None, at=NOON)
    assert found.best == Fraction(1, 4)


def test_a_module_without_a_quiz_is_passed_when_its_lessons_are_finished() -> None:
    plain = MODULE.model_copy(update={"assessments": ()})
    assert standing(plain, [lesson(FIRST)], [], due_at=None, at=NOON).status is Status.IN_PROGRESS
    assert standing(plain, [lesson(FIRST), lesson(SECOND)], [], due_at=None, at=NOON).status is Status.PASSED


def test_the_share_counts_lessons_scenarios_and_quizzes_and_is_whole_once_the_module_is_passed() -> None:
    def share(lessons: list[LessonFact], tried: list[AttemptFact], *walks: ScenarioFact) -> Fraction:
        return standing(MODULE, lessons, tried, walks, due_at=None, at=NOON).share

    assert share([], []) == 0
    assert share([lesson(FIRST), lesson(SECOND, finished=False)], []) == Fraction(1, 4)
    assert share([lesson(FIRST)], [], walk(STORY, finished=False)) == Fraction(1, 4)
    assert share([lesson(FIRST)], [], walk(STORY)) == Fraction(2, 4)
    assert share([], [attempt(1, Fraction(1))]) == 1


def test_who_walks_a_scenario_has_begun_and_one_finished_walk_is_enough() -> None:
    later = NOON + timedelta(hours=1)
    for runs in ([True, False], [False, True]):
        walks = [walk(STORY, finished=finished, at=at) for finished, at in zip(runs, (NOON, later), strict=True)]
        found = standing(MODULE, [], [], walks, due_at=None, at=later)
        assert (found.status, found.walked(STORY), found.last_at) == (Status.IN_PROGRESS, True, later)


def test_a_lesson_or_scenario_that_the_version_no_longer_has_does_not_count() -> None:
    found = standing(MODULE, [lesson("taken-out")], [], [walk("taken-out")], due_at=None, at=NOON)
    assert (found.share, found.status) == (0, Status.NOT_STARTED)


def test_the_next_step_is_the_open_quiz_then_the_next_lesson_then_the_quiz_then_nothing() -> None:
    both = [lesson(FIRST), lesson(SECOND)]
    assert step([], [attempt(1, None)]) == Step(assessment="quiz", is_begun=True)
    assert step([], []) == Step(lesson=FIRST)
    assert step([lesson(FIRST), lesson(SECOND, finished=False)], []) == Step(lesson=SECOND, is_begun=True)
    assert step(both, [], walk(STORY)) == step(both, [attempt(1, Fraction(0))], walk(STORY)) == Step(assessment="quiz")
    assert step(both, [attempt(1, Fraction(1))]) is None
    once = changed(MODULE, one_attempt(QUIZ))
    assert step(both, [attempt(1, Fraction(0))], module=once) is None


def test_a_scenario_is_offered_between_the_lessons_and_the_quiz_which_may_be_taken_without_it() -> None:
    both = [lesson(FIRST), lesson(SECOND)]
    assert step([lesson(FIRST)], []) == Step(lesson=SECOND)
    assert step(both, []) == Step(scenario=STORY, assessment="quiz")
    assert step(both, [], walk(STORY, finished=False)) == Step(scenario=STORY, assessment="quiz", is_begun=True)
    assert step(both, [attempt(1, Fraction(1))]) is None, "the module is passed without the scenario"


def test_between_two_attempts_the_next_step_is_to_wait_and_a_scenario_needs_no_waiting() -> None:
    both, failed = [lesson(FIRST), lesson(SECOND)], [attempt(1, Fraction(0))]
    waiting = changed(MODULE, QUIZ.model_copy(update={"wait_hours": 24}))
    wait = Refusal(Why.WAIT, NOON + timedelta(hours=24))
    assert step(both, failed, walk(STORY), module=waiting) == Step(assessment="quiz", wait=wait)
    assert step([lesson(FIRST)], failed, module=waiting) == Step(lesson=SECOND)
    practice = step(both, failed, module=waiting)
    assert practice == Step(scenario=STORY, assessment="quiz", wait=wait)
    assert practice.is_now
    found = standing(waiting, both, failed, [walk(STORY)], due_at=None, at=NOON)
    assert next_step(waiting, found, at=NOON + timedelta(hours=24)) == Step(assessment="quiz")


def test_what_can_be_taken_now_comes_before_what_opens_later() -> None:
    both = [lesson(FIRST), lesson(SECOND)]
    two = changed(MODULE, QUIZ, QUIZ.model_copy(update={"id": "second"}))
    later = NOON + timedelta(days=1)
    rules = {"quiz": Rules(opens_at=later), "second": Rules()}
    found = standing(two, both, [], [walk(STORY)], due_at=None, at=NOON, rules=rules)
    assert next_step(two, found, at=NOON) == Step(assessment="second")
    rules = {"quiz": Rules(opens_at=later + timedelta(days=1)), "second": Rules(opens_at=later)}
    found = standing(two, both, [], [walk(STORY)], due_at=None, at=NOON, rules=rules)
    assert next_step(two, found, at=NOON) == Step(assessment="second", wait=Refusal(Why.NOT_OPEN, later))


def test_once_the_answers_are_out_there_is_no_next_attempt() -> None:
    rules = {"quiz": Rules(review="after-due", due_at=NOON - timedelta(days=1))}
    found = standing(MODULE, [lesson(FIRST), lesson(SECOND)], [], [walk(STORY)], due_at=None, at=NOON, rules=rules)
    assert next_step(MODULE, found, at=NOON) is None


def test_the_test_before_comes_before_the_lessons() -> None:
    assert step([], [], module=MEASURED) == step([lesson(FIRST)], [], module=MEASURED) == Step(assessment="before")
    assert step([], [MEASUREMENT], module=MEASURED) == Step(lesson=FIRST)


def test_a_score_that_only_measures_is_no_best_result() -> None:
    assert standing(MEASURED, [], [MEASUREMENT], due_at=None, at=NOON).best is None
    both = [MEASUREMENT, attempt(1, Fraction(3, 4))]
    assert standing(MEASURED, [], both, due_at=None, at=NOON).best == Fraction(3, 4)


def step(
    lessons: list[LessonFact], tried: list[AttemptFact], *walks: ScenarioFact, module: Module = MODULE
) -> Step | None:
    return next_step(module, standing(module, lessons, tried, walks, due_at=None, at=NOON), at=NOON)


def changed(module: Module, *assessments: Assessment) -> Module:
    return module.model_copy(update={"assessments": assessments})


def one_attempt(quiz: Assessment) -> Assessment:
    return quiz.model_copy(update={"attempts": 1})


def test_the_best_score_is_told_and_no_attempt_is_left_after_the_last() -> None:
    once = changed(MODULE, one_attempt(QUIZ))
    found = standing(once, [], [attempt(1, Fraction(1, 3))], due_at=None, at=NOON)
    assert (found.best, found.assessments["quiz"].attempts_left) == (Fraction(1, 3), 0)
    assert standing(MODULE, [], [], due_at=None, at=NOON).assessments["quiz"].attempts_left is None
