from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.content import Item, ItemKey, Option, OptionKey
from training.domain.grading import InvalidAnswer, chosen_options, mark, read_answer, review


def item(kind: str, options: str = "abcd") -> Item:
    return Item(
        id="a1-01",
        digest="d",
        type=kind,
        use="graded",
        lesson="one",
        objective="A1.1",
        difficulty=2,
        stem="?",
        options=tuple(Option(id=o, text=o) for o in options),
    )


def key(correct: str, options: str = "abcd", claim: bool | None = None) -> ItemKey:
    return ItemKey(
        claim=claim,
        options={o: OptionKey(correct=o in correct, feedback="because") for o in options},
        sources=("F51",),
    )


SINGLE, MULTIPLE, CLAIM = item("single-choice"), item("multiple-choice"), item("true-false")


@pytest.mark.parametrize(("answer", "worth"), [("a", 1), ("b", 0), (None, 0)])
def test_a_single_choice_is_right_or_wrong(answer: str | None, worth: int) -> None:
    assert mark(SINGLE, key("a"), answer) == worth


@pytest.mark.parametrize(
    ("ticked", "worth"),
    [
        (["a", "b"], 1),
        (["a"], Fraction(1, 2)),
        (["a", "c"], 0),  # one right tick, one wrong
        (["a", "b", "c"], Fraction(1, 2)),
        (["a", "b", "c", "d"], 0),  # ticking everything earns nothing
        (["c", "d"], 0),  # never below nothing
    ],
)
def test_multiple_choice_takes_wrong_ticks_from_right_ones(ticked: list[str], worth: Fraction) -> None:
    assert mark(MULTIPLE, key("ab"), ticked) == worth


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        ({"claim": "false", "reason": "a"}, 1),
        ({"claim": "false", "reason": "b"}, Fraction(1, 2)),
        ({"claim": "true", "reason": "a"}, Fraction(1, 2)),
        ({"claim": "true", "reason": "b"}, 0),
        ({"claim": "false"}, Fraction(1, 2)),
        ({"reason": "a"}, Fraction(1, 2)),
        ({"reason": "b"}, 0),
    ],
)
def test_true_or_false_gives_half_for_the_claim_and_half_for_the_reason(
    answer: dict[str, str], worth: Fraction
) -> None:
    assert mark(CLAIM, key("a", claim=False), answer) == worth


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_a_mark_is_never_below_nothing_or_above_one_and_a_perfect_answer_earns_all(
    ticked: set[str], correct: set[str]
) -> None:
    six, right = item("multiple-choice", "abcdef"), key("".join(correct), "abcdef")
    assert 0 <= mark(six, right, sorted(ticked)) <= 1
    assert mark(six, right, sorted(correct)) == 1


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (SINGLE, "z"),
        (SINGLE, ["a"]),
        (SINGLE, 1),
        (SINGLE, True),
        (MULTIPLE, "a"),
        (MULTIPLE, ["a", "z"]),
        (MULTIPLE, ["a", 1]),
        (CLAIM, "true"),
        (CLAIM, {"claim": "maybe"}),
        (CLAIM, {"claim": "true", "reason": "z"}),
        (CLAIM, {"claim": "true", "score": "1"}),
        (CLAIM, {"claim": ["true"]}),
    ],
)
def test_what_is_no_answer_to_the_question_is_refused(asked: Item, value: object) -> None:
    with pytest.raises(InvalidAnswer):
        read_answer(asked, value)


def test_the_order_of_ticks_and_a_tick_sent_twice_change_nothing() -> None:
    assert read_answer(MULTIPLE, ["c", "a", "c"]) == ["a", "c"]


@pytest.mark.parametrize(("asked", "nothing"), [(SINGLE, ""), (MULTIPLE, []), (CLAIM, {"claim": "", "reason": ""})])
def test_an_empty_answer_says_nothing(asked: Item, nothing: object) -> None:
    assert read_answer(asked, nothing) is None


def test_a_review_says_what_was_chosen_and_whether_the_claim_was_right() -> None:
    seen = review(CLAIM, key("a", claim=False), {"claim": "false", "reason": "b"})
    assert (seen.mark, seen.claim, seen.claim_right, seen.chosen) == (Fraction(1, 2), False, True, {"b"})
    assert review(SINGLE, key("a"), None).chosen == frozenset() == chosen_options(SINGLE, None)
