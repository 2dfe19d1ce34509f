"""What answers to the types that are more than a choice are worth, and how they are read."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_grading import item as choice
from tests.domain.test_grading import key as choices_key
from training.domain.content import Item, ItemKey, Option, OptionKey
from training.domain.grading import (
    InvalidAnswer,
    NotANumber,
    is_complete,
    mark,
    read_answer,
    review,
    said,
)

THIRD, HALF = Fraction(1, 3), Fraction(1, 2)
SIDES = "wxyz"


def item(kind: str, options: str = "abcd", **more: Any) -> Item:
    return choice(kind, options).model_copy(update=more)


def hidden(**more: Any) -> ItemKey:
    options = {
        name: OptionKey(correct=False, feedback="because", text=text) for name, text in more.pop("options", {}).items()
    }
    return ItemKey(options=options, sources=(), **more)


MATCHING = item("matching", "abc", matches=tuple(Option(id=o, text=o) for o in SIDES))
MATCHES = hidden(matches={"a": "w", "b": "x", "c": "y"})
ORDERING, RANKING = item("ordering"), item("ranking")
IN_ORDER = hidden(order=("a", "b", "c", "d"))
NUMERIC = item("numeric", "", unit="days")
NUMBER = hidden(value="10", tolerance="0.5", feedback="ten", options={"11111111": "100", "22222222": "1"})
WRITTEN, NOTED = item("short-answer", ""), item("short-answer", "", use="practice")
IDEAS = hidden(model="all of it", options={"11111111": "one", "22222222": "two", "33333333": "three"})


def places(order: str) -> dict[str, str]:
    return {option: str(place) for place, option in enumerate(order, start=1)}


# --- Worked values


@pytest.mark.parametrize(
    ("scoring", "worths"),
    [  # of six options a, b, c are right; ticked: abc, ab, abd, abcd, abcdef, d
        ("net-correct", [1, 2 * THIRD, THIRD, 2 * THIRD, 0, 0]),
        ("coverage", [1, 2 * THIRD, Fraction(4, 9), Fraction(3, 4), HALF, 0]),
        ("each-answer", [1, Fraction(5, 6), 2 * THIRD, Fraction(5, 6), HALF, THIRD]),
        ("all-or-nothing", [1, 0, 0, 0, 0, 0]),
    ],
)
def test_several_answers_are_scored_as_their_author_chose(scoring: str, worths: list[Fraction]) -> None:
    asked, key = item("multiple-choice", "abcdef", scoring=scoring), choices_key("abc", "abcdef")
    given = ["abc", "ab", "abd", "abcd", "abcdef", "d"]
    assert [mark(asked, key, list(ticked)) for ticked in given] == worths
    assert mark(asked, key, None) == 0


@pytest.mark.parametrize(
    ("matched", "worth"),
    [("wxy", 1), ("wxz", 2 * THIRD), ("wzz", THIRD), ("xyw", 0), ("w", THIRD), ("xw", 0)],
)
def test_matching_earns_the_share_that_is_right(matched: str, worth: Fraction) -> None:
    assert mark(MATCHING, MATCHES, dict(zip("abc", matched, strict=False))) == worth


@pytest.mark.parametrize(
    ("order", "worth"),
    [("abcd", 1), ("bacd", 2 * THIRD), ("dabc", 2 * THIRD), ("badc", THIRD), ("dcba", 0), ("bcda", 2 * THIRD)],
)
def test_ordering_earns_the_share_of_neighbours_in_the_right_order(order: str, worth: Fraction) -> None:
    assert mark(ORDERING, IN_ORDER, places(order)) == worth


@pytest.mark.parametrize(
    ("order", "worth"),
    [("abcd", 1), ("bacd", Fraction(3, 4)), ("badc", HALF), ("dbca", Fraction(1, 4)), ("dcba", 0), ("cdab", 0)],
)
def test_ranking_loses_by_the_distance_from_the_right_places(order: str, worth: Fraction) -> None:
    assert mark(RANKING, IN_ORDER, places(order)) == worth


@pytest.mark.parametrize(
    ("number", "worth"), [("10", 1), ("10.5", 1), ("9.5", 1), ("10.51", 0), ("9.49", 0), ("-10", 0), ("100", 0)]
)
def test_a_number_is_right_inside_the_tolerance(number: str, worth: int) -> None:
    assert mark(NUMERIC, NUMBER, number) == worth


def test_what_is_written_waits_for_a_person_and_a_blank_does_not() -> None:
    assert mark(WRITTEN, IDEAS, {"text": "one and two"}) is None
    assert mark(WRITTEN, IDEAS, None) == 0


def test_who_compares_their_own_words_marks_them() -> None:
    assert mark(NOTED, IDEAS, {"text": "one"}) is None
    assert mark(NOTED, IDEAS, {"text": "one", "ideas": ["11111111"]}) == THIRD
    assert mark(NOTED, IDEAS, {"text": "one", "ideas": []}) == 0
    assert mark(NOTED, IDEAS, {"text": "all", "ideas": list(IDEAS.options)}) == 1
    assert mark(NOTED, IDEAS, {"text": "sly", "ideas": ["99999999"]}) == 0


@pytest.mark.parametrize(("asked", "worth"), [(ORDERING, THIRD), (RANKING, Fraction(3, 8))])
def test_lines_that_share_a_place_have_none(asked: Item, worth: Fraction) -> None:
    shared = {"a": "1", "b": "2", "c": "3", "d": "3"}
    assert mark(asked, IN_ORDER, shared) == mark(asked, IN_ORDER, {"a": "1", "b": "2"}) == worth
    assert mark(asked, IN_ORDER, {"d": "1"}) == 0


# --- What holds for every answer


def orders(options: str) -> st.SearchStrategy[dict[str, str]]:
    some = st.sampled_from([str(place) for place in range(1, len(options) + 1)])
    return st.dictionaries(st.sampled_from(options), some, min_size=1)


ANSWERED = st.one_of(
    st.tuples(st.just(MATCHING), st.just(MATCHES), st.dictionaries(st.sampled_from("abc"), st.sampled_from(SIDES))),
    st.tuples(st.just(ORDERING), st.just(IN_ORDER), orders("abcd")),
    st.tuples(st.just(RANKING), st.just(IN_ORDER), orders("abcd")),
    st.tuples(st.just(NUMERIC), st.just(NUMBER), st.decimals(-10000, 10000, places=2).map(lambda d: f"{d:f}")),
    st.tuples(
        st.sampled_from(["net-correct", "coverage", "each-answer", "all-or-nothing"]).map(
            lambda scoring: item("multiple-choice", scoring=scoring)
        ),
        st.just(choices_key("ab")),
        st.sets(st.sampled_from("abcd")).map(sorted),
    ),
    st.tuples(
        st.just(NOTED),
        st.just(IDEAS),
        st.sets(st.sampled_from(sorted(IDEAS.options))).map(lambda ideas: {"text": "x", "ideas": sorted(ideas)}),
    ),
)


@given(ANSWERED, st.randoms(use_true_random=False))
def test_every_mark_is_between_nothing_and_one_and_no_order_of_telling_matters(one: Any, dice: Any) -> None:
    asked, key, given_answer = one
    answer = read_answer(asked, given_answer)
    worth = mark(asked, key, answer)
    assert worth is not None and 0 <= worth <= 1
    told_otherwise = given_answer
    if isinstance(given_answer, dict):
        pairs = list(given_answer.items())
        dice.shuffle(pairs)
        told_otherwise = dict(pairs)
    assert read_answer(asked, told_otherwise) == answer
    mixed = list(asked.options)
    dice.shuffle(mixed)
    shown_otherwise = asked.model_copy(update={"options": tuple(mixed), "matches": asked.matches[::-1]})
    assert mark(shown_otherwise, key, read_answer(shown_otherwise, told_otherwise)) == worth


@given(ANSWERED)
def test_reading_an_answer_again_changes_nothing(one: Any) -> None:
    asked, _key, given_answer = one
    answer = read_answer(asked, given_answer)
    assert read_answer(asked, answer) == answer


@pytest.mark.parametrize("asked", [ORDERING, RANKING])
def test_no_other_order_earns_as_much_as_the_right_one(asked: Item) -> None:
    marks = {order: mark(asked, IN_ORDER, places("".join(order))) for order in permutations("abcd")}
    assert [order for order, worth in marks.items() if worth == 1] == [tuple("abcd")]


# --- Reading


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (MATCHING, {"a": "a"}),
        (MATCHING, {"z": "w"}),
        (MATCHING, {"a": ["w"]}),
        (MATCHING, ["w"]),
        (MATCHING, "w"),
        (ORDERING, {"a": "0"}),
        (ORDERING, {"a": "5"}),
        (ORDERING, {"a": 1}),
        (ORDERING, {"z": "1"}),
        (ORDERING, ["a", "b", "c", "d"]),
        (NUMERIC, 10),
        (NUMERIC, ["10"]),
        (NUMERIC, "ten"),
        (NUMERIC, "1,234"),
        (WRITTEN, "text"),
        (WRITTEN, {"text": 1}),
        (WRITTEN, {"text": "x", "ideas": []}),
        (WRITTEN, {"text": "x", "more": "y"}),
        (WRITTEN, {"text": "x" * 2001}),
        (WRITTEN, {"text": "\ud800"}),
        (NOTED, {"text": "x", "ideas": "11111111"}),
        (NOTED, {"text": "x", "ideas": ["nonsense"]}),
        (NOTED, {"text": "x", "ideas": [1]}),
        (NOTED, {"text": "x", "ideas": ["11111111"] * 6}),
    ],
)
def test_what_is_no_answer_to_the_question_is_refused(asked: Item, value: object) -> None:
    with pytest.raises(InvalidAnswer):
        read_answer(asked, value)


def test_words_where_a_number_is_asked_for_are_refused_as_such() -> None:
    with pytest.raises(NotANumber) as refused:
        read_answer(NUMERIC, "a few")
    assert refused.value.args == ("a few",)


@pytest.mark.parametrize(
    ("asked", "nothing"),
    [
        (MATCHING, {"a": "", "b": ""}),
        (ORDERING, {"a": ""}),
        (RANKING, {}),
        (NUMERIC, "  "),
        (WRITTEN, {"text": " \r\n "}),
        (NOTED, {"text": "", "ideas": ["11111111"]}),
    ],
)
def test_an_empty_answer_says_nothing(asked: Item, nothing: object) -> None:
    assert read_answer(asked, nothing) is None


def test_a_number_is_kept_as_a_plain_decimal_and_a_text_without_what_one_cannot_see() -> None:
    assert read_answer(NUMERIC, "1 234,50") == "1234.5"
    assert read_answer(NUMERIC, "٣ days") == "3"
    assert read_answer(WRITTEN, {"text": " One\x00\r\ntwo "}) == {"text": "One\ntwo"}
    assert read_answer(WRITTEN, {"text": "\r\n" + "x\r\n" * 1000}) == {"text": ("x\n" * 1000).strip()}


@pytest.mark.parametrize(
    ("asked", "open_", "complete"),
    [
        (MATCHING, {"a": "w"}, {"a": "w", "b": "w", "c": "w"}),
        (ORDERING, {"a": "1", "b": "2", "c": "3", "d": "3"}, places("dcba")),
        (RANKING, {"a": "1"}, places("abcd")),
        (NUMERIC, None, "0"),
        (WRITTEN, None, {"text": "x"}),
    ],
)
def test_an_answer_in_part_is_kept_and_is_not_complete(asked: Item, open_: Any, complete: Any) -> None:
    assert read_answer(asked, open_) == open_
    assert not is_complete(asked, open_) and is_complete(asked, complete)


# --- What teaches and what is counted


def test_a_review_says_which_parts_are_right() -> None:
    assert review(MATCHING, MATCHES, {"a": "w", "b": "z"}).right == {"a"}
    assert review(RANKING, IN_ORDER, places("bacd")).right == {"c", "d"}
    assert review(ORDERING, IN_ORDER, None).right == frozenset()


def test_a_wrong_number_that_was_expected_is_met() -> None:
    met = review(NUMERIC, NUMBER, "100").met
    assert met is not None and met.text == "100"
    assert review(NUMERIC, NUMBER, "100.2").met is None, "near is only what is right"
    assert review(NUMERIC, NUMBER, "55").met is None
    assert review(NUMERIC, NUMBER, "10").met is None
    assert review(NUMERIC, NUMBER, None).met is None


def test_what_was_said_can_be_counted_and_what_was_written_cannot() -> None:
    assert said(MATCHING, {"a": "w", "c": "z"}) == {"a w", "c z"}
    assert said(RANKING, {"a": "2"}) == {"a 2"}
    assert said(NUMERIC, "7") == {"7"}
    assert said(WRITTEN, {"text": "Amina said so"}) == frozenset()
    assert said(choice("true-false"), {"claim": "true", "reason": "a"}) == {"claim true", "a"}
