from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.content import Assessment, Draw
from training.domain.rules import (
    Allowance,
    Clock,
    Outage,
    Refusal,
    Rules,
    Why,
    attempt_time,
    clock_of,
    refusal,
    rules_for_all,
    shows_feedback,
    with_allowance,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
EXAM = Assessment(
    id="exam",
    title="Exam",
    kind="exam",
    pass_mark=75,
    attempts=2,
    wait_hours=24,
    minutes=75,
    outage_minutes=15,
    review="after-due",
    draw=(Draw(objectives=("A1.1",), count=1),),
)


def rules(changes: dict[str, Any] | None = None, allowance: Allowance | None = None) -> Rules:
    found = rules_for_all(EXAM, {"exam": changes or {}}, opens_at=NOON, due_at=NOON + 48 * HOUR)
    return with_allowance(found, allowance)


def test_without_changes_the_authors_rules_hold_with_the_dates_of_the_cohort() -> None:
    assert rules() == Rules(
        opens_at=NOON,
        due_at=NOON + 48 * HOUR,
        attempts=2,
        wait_hours=24,
        minutes=75,
        grace_seconds=60,
        review="after-due",
        outage_minutes=15,
    )


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"attempts": 3}, "attempts", 3),
        ({"attempts": 0}, "attempts", None),
        ({"minutes": 0}, "minutes", None),
        ({"minutes": 90}, "minutes", 90),
        ({"wait_hours": 0}, "wait_hours", 0),
        ({"grace_seconds": 0}, "grace_seconds", 0),
        ({"outage_minutes": 0}, "outage_minutes", 0),
        ({"review": "marks"}, "review", "marks"),
        ({"opens_at": "2026-11-25T00:00:00Z"}, "opens_at", datetime(2026, 11, 25, tzinfo=UTC)),
        ({"due_at": "2026-11-30T23:59:59Z"}, "due_at", datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_trainer_changes_one_rule_for_the_cohort_and_the_others_stay(
    changes: dict[str, Any], name: str, value: object
) -> None:
    changed, before = rules(changes), rules()
    assert getattr(changed, name) == value
    others = [field for field in vars(before) if field != name]
    assert [getattr(changed, field) for field in others] == [getattr(before, field) for field in others]


def test_an_allowance_adds_minutes_and_attempts_and_moves_only_a_due_date_that_there_is() -> None:
    later = NOON + 72 * HOUR
    amina = rules(allowance=Allowance(extra_minutes=15, extra_attempts=1, due_at=later, reason="reads slowly"))
    assert (amina.minutes, amina.attempts, amina.due_at, amina.extra_minutes) == (90, 3, later, 15)
    assert rules(allowance=Allowance(due_at=NOON)).due_at == NOON + 48 * HOUR
    free = with_allowance(Rules(), Allowance(extra_minutes=15, extra_attempts=1, due_at=later))
    assert (free.minutes, free.attempts, free.due_at, free.extra_minutes) == (None, None, None, 0)


# Starting


@pytest.mark.parametrize(
    ("ended", "at", "refused"),
    [
        ([], NOON - SECOND, Refusal(Why.NOT_OPEN, NOON)),
        ([], NOON, None),
        ([NOON + HOUR], NOON + 25 * HOUR - SECOND, Refusal(Why.WAIT, NOON + 25 * HOUR)),
        ([NOON + HOUR], NOON + 25 * HOUR, None),
        ([NOON + HOUR, NOON + 26 * HOUR], NOON + 47 * HOUR, Refusal(Why.NO_ATTEMPT_LEFT)),
        ([], NOON + 48 * HOUR, None),
        ([], NOON + 48 * HOUR + SECOND, Refusal(Why.OVER)),
    ],
)
def test_why_an_attempt_cannot_start_and_from_when_it_can(
    ended: list[datetime], at: datetime, refused: Refusal | None
) -> None:
    assert refusal(rules(), ended, at=at) == refused


def test_of_two_reasons_to_wait_the_longer_one_is_told() -> None:
    tomorrow = NOON + 24 * HOUR
    opens_late = rules({"opens_at": (NOON + 40 * HOUR).isoformat()})
    assert refusal(opens_late, [NOON], at=NOON) == Refusal(Why.NOT_OPEN, NOON + 40 * HOUR)
    assert refusal(rules(), [NOON], at=NOON) == Refusal(Why.WAIT, tomorrow)


def test_after_the_due_date_a_quiz_can_be_started_unless_its_answers_are_out() -> None:
    late = NOON + 60 * HOUR
    assert refusal(rules({"review": "feedback"}), [], at=late) is None
    assert refusal(rules(), [], at=late) == Refusal(Why.OVER)
    assert refusal(rules(allowance=Allowance(due_at=NOON + 72 * HOUR)), [], at=late) is None


@pytest.mark.parametrize(
    ("review", "before", "after"), [("feedback", True, True), ("marks", False, False), ("after-due", False, True)]
)
def test_what_the_result_shows(review: str, before: bool, after: bool) -> None:
    shown = rules({"review": review})
    assert shown.due_at
    assert shows_feedback(shown, at=shown.due_at) is before
    assert shows_feedback(shown, at=shown.due_at + SECOND) is after


def test_without_a_due_date_the_feedback_that_waits_for_it_is_not_shown() -> None:
    assert not shows_feedback(Rules(review="after-due"), at=NOON)


# The time of an attempt

END = NOON + 75 * MINUTE


def down(begin: int, end: int) -> Outage:
    return Outage(NOON + begin * MINUTE, NOON + end * MINUTE)


def end_after(*outages: Outage, extra: int = 0, clock: Clock | None = None) -> tuple[datetime | None, int]:
    clock = clock or Clock(outage_minutes=15)
    time = attempt_time(clock, started_at=NOON, deadline=END, outages=outages, extra_minutes=extra)
    assert time.end and time.last == time.end + timedelta(seconds=clock.grace_seconds)
    return time.end, time.credited_minutes


def test_answers_count_until_the_end_and_its_grace_and_not_a_second_longer() -> None:
    time = attempt_time(Clock(grace_seconds=60), started_at=NOON, deadline=END)
    assert (time.end, time.last) == (END, END + MINUTE)
    assert not time.is_up(END - SECOND) and time.is_up(END)
    assert not time.is_over(END + MINUTE) and time.is_over(END + MINUTE + SECOND)
    assert (time.seconds_left(NOON), time.seconds_left(END - 500 * SECOND / 1000)) == (75 * 60, 1)
    assert time.seconds_left(END + HOUR) == 0
    assert attempt_time(Clock(), started_at=NOON, deadline=END, ended_at=NOON).seconds_left(NOON) == 0


def test_without_a_time_limit_only_the_submit_ends_an_attempt() -> None:
    time = attempt_time(Clock(), started_at=NOON, deadline=None, extra_minutes=15, outages=[down(0, 10)])
    assert (time.end, time.seconds_left(NOON), time.is_up(NOON + 1000 * HOUR)) == (None, None, False)
    assert not time.is_over(NOON + 1000 * HOUR)
    assert attempt_time(Clock(), started_at=NOON, deadline=None, ended_at=NOON).is_over(NOON)


def test_extra_minutes_move_the_end_once_and_time_that_was_given_stays_given() -> None:
    began_with = clock_of(rules(allowance=Allowance(extra_minutes=10)))
    assert began_with == Clock(extra_minutes=10, grace_seconds=60, outage_minutes=15)
    assert end_after(extra=15) == (END + 15 * MINUTE, 0)
    assert end_after(extra=15, clock=began_with) == (END + 5 * MINUTE, 0)
    assert end_after(extra=5, clock=began_with) == (END, 0)


@pytest.mark.parametrize(
    ("outages", "minutes"),
    [
        ([], 0),
        ([down(10, 13)], 3),
        ([down(-10, -2)], 0),  # before the start
        ([down(-10, 2)], 2),  # over the start
        ([down(74, 79)], 5),  # over the end: the clock stands still
        ([down(75, 90)], 0),  # after the end
        ([down(10, 14), down(76, 80)], 8),  # in the time that was given back
        ([down(10, 20), down(15, 22)], 12),  # two servers noted the same
        ([down(10, 40)], 15),  # not more than the rules give back
        ([down(20, 10)], 0),  # a clock that was set back
    ],
)
def test_while_the_server_was_down_the_clock_stood_still(outages: list[Outage], minutes: int) -> None:
    assert end_after(*outages) == (END + minutes * MINUTE, minutes)


def test_a_strict_test_gives_nothing_back() -> None:
    assert end_after(down(10, 40), clock=Clock()) == (END, 0)


@given(
    outages=st.lists(st.tuples(st.integers(-60, 200), st.integers(0, 90)), max_size=6),
    most=st.integers(0, 120),
    extra=st.integers(0, 60),
)
def test_the_end_never_comes_earlier_and_is_given_back_at_most_what_the_rules_say(
    outages: list[tuple[int, int]], most: int, extra: int
) -> None:
    noted = [down(begin, begin + length) for begin, length in outages]
    end, credited = end_after(*noted, extra=extra, clock=Clock(outage_minutes=most))
    assert end == END + (extra + credited) * MINUTE
    assert 0 <= credited <= min(most, sum(length for _begin, length in outages))
    assert end_after(*reversed(noted), extra=extra, clock=Clock(outage_minutes=most)) == (end, credited)
