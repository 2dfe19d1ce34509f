"""When Amina is asked a practice question again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from fsrs import Scheduler
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import given
from hypothesis import strategies as st

from training.domain.calibration import Certainty
from training.domain.spacing import REST, Practised, Spacing, days_between, spacing

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RIGHT, WRONG, HALF = Fraction(1), Fraction(0), Fraction(1, 2)
GUESS, SURE = Certainty.GUESS, Certainty.SURE


def told(answers: Sequence[Practised], **more: Scheduler) -> Spacing:
    found = spacing(answers, **more)
    assert found
    return found


def days(answers: Sequence[Practised]) -> int:
    """In how many days the question comes again after the last answer."""
    return days_between(answers[-1].at, told(answers).ask_at)


# The published values


def intervals(marks: Sequence[Fraction]) -> list[int]:
    """The full days of FSRS after each answer, each given when it was due."""
    given, found, at = [], [], datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
    for mark in marks:
        given.append(Practised(at, mark))
        due = told(given).due_at
        found.append((due - at).days)
        at = due
    return found


def test_thirteen_reviews_have_the_published_intervals() -> None:
    marks = [RIGHT] * 6 + [WRONG] * 2 + [RIGHT] * 5
    assert intervals(marks) == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


@pytest.mark.parametrize(("retention", "interval"), [(0.9, 10), (0.8, 33), (0.95, 4)])
def test_a_stability_of_ten_lasts_as_long_as_published_for_each_retention(retention: float, interval: int) -> None:
    """The first right answer makes a card of the stability that the third weight says."""
    weights = [*DEFAULT_PARAMETERS[:2], 10, *DEFAULT_PARAMETERS[3:]]
    scheduler = Scheduler(weights, desired_retention=retention, enable_fuzzing=False)
    given = [Practised(MONDAY, RIGHT), Practised(MONDAY + 10 * MINUTE, RIGHT)]
    assert (told(given, scheduler=scheduler).due_at - given[-1].at).days == interval


# What a person meets


def test_who_was_right_each_time_is_asked_after_two_days_then_eleven_then_forty_six() -> None:
    given: list[Practised] = []
    at, found = MONDAY, []
    for _turn in range(3):
        given.append(Practised(at, RIGHT, SURE))
        found.append(days(given))
        at = told(given).ask_at
    assert found == [2, 11, 46]


@pytest.mark.parametrize("mark", [WRONG, HALF, Fraction(99, 100)])
def test_what_was_not_known_in_full_comes_back_within_ten_minutes(mark: Fraction) -> None:
    assert told([Practised(MONDAY, mark, SURE)]).ask_at == MONDAY + MINUTE
    known = [Practised(MONDAY, RIGHT), Practised(MONDAY + 2 * DAY, RIGHT), Practised(MONDAY + 13 * DAY, mark)]
    assert told(known).ask_at == MONDAY + 13 * DAY + 10 * MINUTE


def test_what_was_corrected_at_once_comes_tomorrow() -> None:
    assert days([Practised(MONDAY, WRONG), Practised(MONDAY + MINUTE, RIGHT)]) == 1


def test_a_right_guess_comes_sooner_than_what_was_known() -> None:
    assert days([Practised(MONDAY, RIGHT, GUESS)]) == 1 < days([Practised(MONDAY, RIGHT)])


def test_checking_a_right_answer_again_and_again_on_one_day_teaches_nothing_more() -> None:
    assert days([Practised(MONDAY + n * MINUTE, RIGHT) for n in range(20)]) == 2


def test_a_written_answer_that_nobody_compared_tells_nothing() -> None:
    assert spacing([Practised(MONDAY, None)]) is None
    compared = [Practised(MONDAY, None), Practised(MONDAY + MINUTE, RIGHT)]
    assert spacing(compared) == spacing(compared[1:])


def test_nothing_answered_is_nothing_to_ask_again() -> None:
    assert spacing([]) is None


def test_whoever_comes_an_hour_earlier_than_two_days_ago_is_asked() -> None:
    asked = told([Practised(MONDAY, RIGHT)]).ask_at
    assert MONDAY + DAY < asked < MONDAY + 2 * DAY - timedelta(hours=1)


def test_the_evening_and_the_next_morning_are_a_day_apart() -> None:
    """Otherwise who answers at nine on each day, and once at eight, would have learned nothing by that."""
    evening, morning = MONDAY.replace(hour=20), (MONDAY + DAY).replace(hour=8)
    again = [Practised(evening, RIGHT), Practised(morning, RIGHT)]
    later = [Practised(evening, RIGHT), Practised(morning + timedelta(hours=14), RIGHT)]
    assert days(again) == days(later) > 2


def test_midnight_in_the_middle_of_a_visit_brings_nothing_back_that_was_right() -> None:
    late = MONDAY.replace(hour=23, minute=55)
    assert told([Practised(late, RIGHT, GUESS)]).ask_at == late + REST


# What is always true

minutes = st.one_of(st.integers(1, 60), st.integers(1, 400_000))  # in one visit, or up to nine months
marks, said = st.sampled_from([RIGHT, WRONG, HALF, None]), st.sampled_from([*Certainty, None])
answers = st.lists(st.builds(lambda m, mark, sure: Practised(MONDAY + m * MINUTE, mark, sure), minutes, marks, said))


def after(given: Sequence[Practised], wait: int, mark: Fraction, sure: Certainty | None) -> Practised:
    return Practised(max((one.at for one in given), default=MONDAY) + wait * MINUTE, mark, sure)


@given(answers.flatmap(lambda given: st.tuples(st.just(given), st.permutations(given))))
def test_the_order_in_which_answers_come_in_does_not_matter(both: tuple[list[Practised], list[Practised]]) -> None:
    assert spacing(both[0]) == spacing(both[1])


@given(answers)
def test_the_same_answer_twice_counts_once(given: list[Practised]) -> None:
    assert spacing(given + given) == spacing(given)


@given(answers, minutes, said)
def test_another_right_answer_never_brings_the_question_back_earlier(
    given: list[Practised], wait: int, sure: Certainty | None
) -> None:
    before, later = spacing(given), told([*given, after(given, wait, RIGHT, sure)])
    assert before is None or later.ask_at >= before.ask_at and later.due_at >= before.due_at


@given(answers, minutes, st.sampled_from([RIGHT, HALF, WRONG]), said)
def test_what_was_right_rests_and_comes_on_a_later_day_and_what_was_not_comes_soon(
    given: list[Practised], wait: int, mark: Fraction, sure: Certainty | None
) -> None:
    given = [*given, after(given, wait, mark, sure)]
    rest = told(given).ask_at - given[-1].at
    if mark == RIGHT:
        assert rest >= REST and days(given) >= 1
    else:
        assert rest <= 10 * MINUTE
