import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from training.domain.responses import ResponseFact, effective

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
