"""A key with what was put right in it, by Tariq for his cohort and by Ada for all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.domain.test_grading import CLAIM, MULTIPLE, SINGLE, key
from tests.domain.test_marks import (
    IDEAS,
    IN_ORDER,
    MATCHES,
    MATCHING,
    NOTED,
    NUMBER,
    NUMERIC,
    ORDERING,
    RANKING,
    SIDES,
    WRITTEN,
    places,
)
from training.domain.content import KEY, Item, ItemKey
from training.domain.grading import CLAIMS, mark, read_answer, review, share_of_ideas
from training.domain.marking_again import Change, Ruling, fits, in_force, ruled, with_changes
from training.domain.numbers import read_number

VERSION, TARIQS = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def change(ruling: Ruling, *, days: int = 0, cohort: UUID | None = None, item: str = "a1-01") -> Change:
    return Change(VERSION, item, cohort, ruling, "It was wrong.", MONDAY + timedelta(days=days))


def test_another_option_counts_as_right() -> None:
    right = ruled(key("a"), Ruling(correct=("b",)))
    assert (mark(SINGLE, right, "a"), mark(SINGLE, right, "b")) == (0, 1)


def test_one_more_option_counts_as_right() -> None:
    right = ruled(key("ab"), Ruling(correct=("a", "b", "c")))
    assert mark(MULTIPLE, right, ["a", "b", "c"]) == 1
    assert mark(MULTIPLE, right, ["a", "b"]) == Fraction(2, 3)


def test_the_claim_is_put_right_and_the_reason_stays() -> None:
    right = ruled(key("a", claim=True), Ruling(claim=False))
    assert mark(CLAIM, right, {"claim": "false", "reason": "a"}) == 1
    assert mark(CLAIM, right, {"claim": "true", "reason": "b"}) == 0


def test_a_question_that_is_left_out_gives_everybody_its_full_mark() -> None:
    given = ruled(key("a"), Ruling(given_to_all=True))
    assert [mark(SINGLE, given, answer) for answer in ("a", "b", None)] == [1, 1, 1]


def test_a_key_that_was_looked_at_before_is_put_right_all_the_same() -> None:
    published = key("a")
    assert published.correct == {"a"}
    assert ruled(published, Ruling(correct=("b",))).correct == {"b"}
    assert published.correct == {"a"}


def test_the_last_change_of_a_question_counts_and_the_first_before_it_came() -> None:
    first, second = change(Ruling(correct=("b",))), change(Ruling(), days=2, cohort=TARIQS)
    assert in_force([first, second]) == {"a1-01": second}
    assert in_force([first, second], at=MONDAY + timedelta(days=1)) == {"a1-01": first}
    assert in_force([first, second], at=MONDAY - timedelta(days=1)) == {}


def test_a_ruling_that_says_nothing_is_the_published_key_again() -> None:
    published = {"a1-01": key("a"), "a1-02": key("b")}
    assert with_changes(published, {"a1-01": change(Ruling())}) == published


def test_a_change_of_a_question_that_is_not_there_changes_nothing() -> None:
    assert with_changes({"a1-01": key("a")}, {"a9-09": change(Ruling(given_to_all=True))}) == {"a1-01": key("a")}


def test_a_ruling_is_kept_as_json_and_read_again() -> None:
    ruling = Ruling(correct=("b", "c"), claim=True)
    assert Ruling.model_validate_json(ruling.model_dump_json(exclude_defaults=True)) == ruling
    with pytest.raises(ValidationError):
        Ruling.model_validate_json('{"right": ["b"]}')


def test_what_is_published_says_nothing_of_being_given_to_all() -> None:
    assert "given_to_all" not in KEY.dump_python({"a1-01": key("a")})["a1-01"]


# --- The types that are more than a choice


def test_the_right_sides_are_put_right_and_two_lines_may_have_the_same_one() -> None:
    right = ruled(MATCHES, Ruling(matches=(("a", "x"), ("b", "x"), ("c", "z"))))
    assert mark(MATCHING, right, {"a": "x", "b": "x", "c": "z"}) == 1
    assert mark(MATCHING, right, {"a": "w", "b": "x", "c": "y"}) == Fraction(1, 3)
    assert review(MATCHING, right, {"a": "w", "b": "x", "c": "y"}).right == {"b"}


@pytest.mark.parametrize("asked", [ORDERING, RANKING])
def test_the_order_is_put_right(asked: Item) -> None:
    right = ruled(IN_ORDER, Ruling(order=("d", "c", "b", "a")))
    assert mark(asked, right, places("dcba")) == 1
    assert mark(asked, right, places("abcd")) == 0
    assert review(asked, right, places("dabc")).right == {"b", "d"}


def test_the_number_and_how_far_off_is_right_are_put_right() -> None:
    right = ruled(NUMBER, Ruling(value="100", tolerance="10"))
    assert [mark(NUMERIC, right, number) for number in ("100", "90", "110", "110.01", "10")] == [1, 1, 1, 0, 0]


def test_a_wrong_number_that_was_expected_and_is_right_now_is_no_wrong_number_any_more() -> None:
    right = ruled(NUMBER, Ruling(value="100", tolerance="10"))
    assert [option.text for option in right.options.values()] == ["1"]
    assert review(NUMERIC, right, "100").met is None
    wider = review(NUMERIC, ruled(NUMBER, Ruling(tolerance="9")), "1")
    assert (wider.mark, wider.met) == (1, None)


def test_a_key_idea_that_does_not_count_is_asked_of_nobody() -> None:
    one, two, three = sorted(IDEAS.options)
    right = ruled(IDEAS, Ruling(ideas=(one, two)))
    assert list(right.options) == [one, two]
    assert [share_of_ideas(right, found) for found in ((), (one,), (three,), (one, three), (one, two))] == [
        0,
        Fraction(1, 2),
        0,
        Fraction(1, 2),
        1,
    ]
    assert mark(WRITTEN, right, {"text": "one and two"}) is None  # it still waits for a person
    assert mark(NOTED, right, {"text": "one and two", "ideas": [one, two]}) == 1


# --- What holds for every ruling

KEYS: dict[str, tuple[Item, ItemKey]] = {
    item.type: (item, key) for item, key in [(MATCHING, MATCHES), (ORDERING, IN_ORDER), (RANKING, IN_ORDER)]
} | {
    "numeric": (NUMERIC, NUMBER),
    "short-answer": (NOTED, IDEAS),
    "single-choice": (SINGLE, key("a")),
    "multiple-choice": (MULTIPLE, key("ab")),
    "true-false": (CLAIM, key("a", claim=True)),
}
DECIMALS = st.decimals(-20, 20, places=1) | st.decimals(-(10**9), 10**9, places=4)
NUMBERS = DECIMALS.map(lambda number: read_number(f"{number:f}")).filter(bool)
SOME_OF = {
    kind: st.sets(st.sampled_from(sorted(one.options)), min_size=1)
    for kind, (_item, one) in KEYS.items()
    if one.options
}
ORDERS = st.permutations("abcd").map(lambda order: (Ruling(order=tuple(order)), places("".join(order))))
RULED: dict[str, st.SearchStrategy[tuple[Ruling, Any]]] = {
    "single-choice": st.sampled_from("abcd").map(lambda option: (Ruling(correct=(option,)), option)),
    "multiple-choice": SOME_OF["multiple-choice"].map(lambda some: (Ruling(correct=tuple(some)), sorted(some))),
    "true-false": st.tuples(SOME_OF["true-false"], st.booleans()).map(
        lambda one: (
            Ruling(correct=tuple(one[0]), claim=one[1]),
            {"claim": CLAIMS[not one[1]], "reason": min(one[0])},
        )
    ),
    "matching": st.tuples(*[st.sampled_from(SIDES)] * 3).map(
        lambda sides: (Ruling(matches=tuple(zip("abc", sides, strict=True))), dict(zip("abc", sides, strict=True)))
    ),
    "ordering": ORDERS,
    "ranking": ORDERS,
    "numeric": st.tuples(NUMBERS, NUMBERS).map(
        lambda one: (Ruling(value=one[0], tolerance=one[1].lstrip("-")), one[0])
    ),
    "short-answer": SOME_OF["short-answer"].map(
        lambda some: (Ruling(ideas=tuple(some)), {"text": "x", "ideas": sorted(some)})
    ),
}
"""By type: a ruling with an answer that it calls right."""


@pytest.mark.parametrize("kind", KEYS)
@given(st.data())
def test_the_answer_that_a_ruling_calls_right_earns_everything_and_what_was_published_stays(
    kind: str, data: st.DataObject
) -> None:
    ruling, right_answer = data.draw(RULED[kind])
    asked, published = KEYS[kind]
    before = published.model_dump()
    assert fits(ruling, asked, published)
    assert mark(asked, ruled(published, ruling), read_answer(asked, right_answer)) == 1
    assert published.model_dump() == before and ruled(published, Ruling()) == published
    assert Ruling.model_validate_json(ruling.model_dump_json(exclude_defaults=True)) == ruling
    assert Ruling.model_validate(ruling.model_dump(mode="json", exclude_defaults=True), strict=False) == ruling
    assert hash(ruling) == hash(ruling.model_copy())  # keys are remembered by their rulings


@pytest.mark.parametrize("kind", KEYS)
@given(st.data())
def test_under_every_ruling_an_answer_earns_everything_only_if_it_is_right(kind: str, data: st.DataObject) -> None:
    (ruling, right), (_other, answer) = data.draw(RULED[kind]), data.draw(RULED[kind])
    asked, published = KEYS[kind]
    worth = mark(asked, ruled(published, ruling), read_answer(asked, answer))
    assert worth is not None and 0 <= worth <= 1
    if kind == "numeric":
        assert (worth == 1) == (abs(Decimal(answer) - Decimal(right)) <= Decimal(ruling.tolerance or ""))
    elif kind == "short-answer":
        assert (worth == 1) == (set(answer["ideas"]) >= set(ruling.ideas or ()))
    elif kind == "true-false":
        assert (worth == 1) == (answer["claim"] == right["claim"] and answer["reason"] in (ruling.correct or ()))
    else:
        assert (worth == 1) == (answer == right)


@pytest.mark.parametrize(
    ("kind", "ruling"),
    [
        ("single-choice", Ruling(correct=())),
        ("single-choice", Ruling(correct=("z",))),
        ("single-choice", Ruling(correct=("a", "a"))),
        ("single-choice", Ruling(correct=("a",), claim=True)),
        ("single-choice", Ruling(correct=("a",), given_to_all=True)),
        ("matching", Ruling(correct=("a",))),
        ("matching", Ruling(matches=())),
        ("matching", Ruling(matches=(("a", "w"), ("b", "x")))),
        ("matching", Ruling(matches=(("a", "w"), ("b", "x"), ("c", "nothing")))),
        ("matching", Ruling(matches=(("a", "w"), ("b", "x"), ("z", "y")))),
        ("matching", Ruling(matches=(("a", "w"), ("a", "x"), ("b", "x"), ("c", "y")))),
        ("ordering", Ruling(order=("a", "b", "c"))),
        ("ordering", Ruling(order=("a", "b", "c", "c"))),
        ("ordering", Ruling(order=("a", "b", "c", "z"))),
        ("ranking", Ruling(order=("a", "b", "c", "d", "a"))),
        ("numeric", Ruling(order=("a", "b", "c", "d"))),
        ("numeric", Ruling(value="ten", tolerance="0")),
        ("numeric", Ruling(value="1e9", tolerance="0")),
        ("numeric", Ruling(value="1/0", tolerance="0")),
        ("numeric", Ruling(value="1,5", tolerance="0")),
        ("numeric", Ruling(value="10", tolerance="-1")),
        ("numeric", Ruling(value="10", tolerance="")),
        ("numeric", Ruling(value="9" * 41, tolerance="0")),
        ("short-answer", Ruling(ideas=())),
        ("short-answer", Ruling(ideas=("99999999",))),
        ("short-answer", Ruling(correct=("11111111",))),
    ],
)
def test_what_cannot_be_a_ruling_on_the_item_does_not_fit_it(kind: str, ruling: Ruling) -> None:
    assert not fits(ruling, *KEYS[kind])


@pytest.mark.parametrize("kind", KEYS)
def test_every_item_can_be_left_out_and_its_published_key_can_count_again(kind: str) -> None:
    asked, published = KEYS[kind]
    assert fits(Ruling(given_to_all=True), asked, published) and fits(Ruling(), asked, published)
    assert mark(asked, ruled(published, Ruling(given_to_all=True)), None) == 1
