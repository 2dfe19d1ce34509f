import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from training.domain.responses import ResponseFact, effective, set_aside

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def response(number: int, item: str, answer: str | None, sequence: int, minutes: int = 0) -> ResponseFact:
    return ResponseFact(UUID(int=number), item, answer, sequence, NOON + timedelta(minutes=minutes))


def test_a_changed_mind_counts_and_the_earlier_answer_does_not() -> None:
    counted = effective([response(1, "a1", "yes", 1), response(2, "a1", "no", 2)])
    assert counted["a1"].answer == "no"


def test_an_answer_that_arrives_last_but_was_given_first_does_not_count() -> None:
    counted = effective([response(2, "a1", "no", 2, minutes=1), response(1, "a1", "yes", 1, minutes=5)])
    assert counted["a1"].answer == "no"


def test_an_answer_taken_back_is_no_answer() -> None:
    assert effective([response(1, "a1", "yes", 1), response(2, "a1", None, 2)]) == {}


def test_what_comes_after_the_deadline_does_not_replace_what_came_before() -> None:
    given_ = [
        response(1, "a1", "yes", 1),
        response(2, "a1", "no", 2, minutes=10),
        response(3, "a2", "x", 3, minutes=10),
    ]
    counted = effective(given_, until=NOON + timedelta(minutes=5))
    assert {item: r.answer for item, r in counted.items()} == {"a1": "yes"}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]), st.integers(1, 5)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_neither_order_nor_repeats_nor_batches_change_what_counts(
    rows: list[tuple[str, str | None, int]], dice: random.Random
) -> None:
    facts = [response(n, item, answer, sequence) for n, (item, answer, sequence) in enumerate(rows)]
    shuffled = facts * 2
    dice.shuffle(shuffled)
    assert effective(shuffled) == effective(facts)


def aside(number: int, item: str, answer: str | None, sequence: int) -> ResponseFact:
    return replace(response(number, item, answer, sequence), set_aside=True)


def test_what_was_set_aside_never_counts_however_high_its_sequence() -> None:
    counted = effective([response(1, "a1", "yes", 1), aside(2, "a1", "no", 9), aside(3, "a2", "no", 1)])
    assert {item: r.answer for item, r in counted.items()} == {"a1": "yes"}


def test_the_last_answer_that_was_set_aside_is_shown_where_it_differs_from_the_one_that_counts() -> None:
    given_ = [
        response(1, "a1", "yes", 1),
        aside(2, "a1", "maybe", 7),
        aside(3, "a1", "no", 8),
        aside(4, "a2", "x", 9),
        response(5, "a3", "same", 2),
        aside(6, "a3", "same", 10),
        aside(7, "a4", "x", 11),
        aside(8, "a4", None, 12),
    ]
    shown = set_aside(given_, effective(given_))
    assert {item: r.answer for item, r in shown.items()} == {"a1": "no", "a2": "x"}
