from datetime import UTC, datetime, timedelta

from training.domain.clocks import clock_off, noticeable

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_a_clock_that_is_three_hours_ahead_is_told_by_its_answers() -> None:
    assert clock_off([(NOON + 3 * HOUR, NOON + n * SECOND) for n in range(3)]) == 3 * HOUR - SECOND


def test_one_answer_that_was_long_on_its_way_changes_nothing() -> None:
    sent = [(NOON, NOON + SECOND), (NOON, NOON + SECOND), (NOON, NOON + 5 * HOUR)]
    assert clock_off(sent) == -SECOND


def test_a_device_that_says_no_time_tells_nothing() -> None:
    assert clock_off([(None, NOON)]) is None
    assert clock_off([]) is None


def test_two_minutes_are_not_worth_saying_and_more_are_in_both_directions() -> None:
    for minutes in (-2, 0, 2):
        assert noticeable(timedelta(minutes=minutes)) is None
    assert noticeable(-HOUR) == -HOUR
    assert noticeable(HOUR) == HOUR
    assert noticeable(None) is None
