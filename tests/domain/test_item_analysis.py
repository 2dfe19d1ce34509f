"""Against published values (Law School Admission Test, section 6), and small papers by hand."""

from fractions import Fraction

import pytest

from tests.domain.lsat import PEOPLE
from tests.domain.test_grading import item
from training.domain.item_analysis import (
    Doubt,
    ItemStatistics,
    MarkedPaper,
    analyse,
    doubts,
    effective_weights,
    efficiency,
)

SINGLE = item("single-choice")


def analysed(papers: list[list[int]]) -> dict[str, ItemStatistics]:
    """The statistics of items 0, 1, 2 … by id, of right (1) and wrong (0) answers."""
    items = {str(place): SINGLE.model_copy(update={"id": str(place)}) for place in range(len(papers[0]))}
    marked = [MarkedPaper({str(place): Fraction(mark) for place, mark in enumerate(paper)}, {}) for paper in papers]
    return {one.item.id: one for one in analyse(items, marked)}


def test_items_go_with_the_rest_and_with_the_whole_as_published() -> None:
    found = analysed(PEOPLE)
    rests = [found[str(place)].discrimination for place in range(5)]
    totals = [found[str(place)].with_total for place in range(5)]
    assert rests == pytest.approx([11.28, 15.32, 17.28, 14.44, 12.16], abs=5e-3)
    assert totals == pytest.approx([36.20, 56.68, 61.84, 53.44, 43.54], abs=5e-3)


def test_the_facility_is_the_share_of_the_marks_that_was_earned() -> None:
    found = analysed(PEOPLE)
    assert [found[str(place)].facility for place in range(5)] == [
        Fraction(924, 1000),
        Fraction(709, 1000),
        Fraction(553, 1000),
        Fraction(763, 1000),
        Fraction(870, 1000),
    ]


def test_a_discrimination_comes_with_the_interval_in_which_the_true_one_lies() -> None:
    low, high = analysed(PEOPLE)["0"].discrimination_interval or (0, 0)
    assert (low, high) == pytest.approx((5.12, 17.36), abs=0.05)


def test_efficiency_is_the_share_of_the_best_that_the_same_marks_could_do() -> None:
    assert efficiency([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]) == pytest.approx(1)
    assert efficiency([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4]) == pytest.approx(-1)
    assert efficiency([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]) == pytest.approx(0.5)
    assert efficiency([1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4]) is None


def test_weights_add_up_to_a_hundred_and_an_item_that_works_against_the_others_has_none() -> None:
    found = analysed([[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 0, 1]] * 8)
    assert (found["0"].weight or 0) + (found["1"].weight or 0) == pytest.approx(100)
    assert found["2"].weight is None


def test_without_papers_nothing_has_a_weight() -> None:
    assert effective_weights({}) == {}


def test_below_thirty_answers_only_counts_are_told() -> None:
    for papers, is_told in (([[0, 0], [1, 1]] * 14, False), ([[0, 0], [1, 1]] * 15, True)):
        found = analysed(papers)["0"]
        assert found.facility == Fraction(1, 2)
        assert [
            value is not None
            for value in (found.discrimination, found.discrimination_interval, found.efficiency, found.weight)
        ] == [is_told] * 4


def test_a_rest_that_never_varies_tells_nothing() -> None:
    assert analysed([[0, 1], [1, 1]] * 20)["0"].discrimination is None


def test_the_hardest_item_comes_first_with_what_was_chosen_instead() -> None:
    easy, hard = SINGLE.model_copy(update={"id": "easy"}), SINGLE.model_copy(update={"id": "hard"})
    papers = [
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(0)}, {"easy": "a", "hard": "b"}),
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(1)}, {"easy": "a", "hard": "a"}),
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(0)}, {"easy": "a"}),
    ]
    first, second = analyse({"easy": easy, "hard": hard}, papers)
    assert (first.item.id, first.facility, first.answered, first.blank) == ("hard", Fraction(1, 3), 3, 1)
    assert dict(first.chosen) == {"a": 1, "b": 1}
    assert (second.item.id, second.facility) == ("easy", 1)


def chosen(*answers: str) -> ItemStatistics:
    marked = [MarkedPaper({SINGLE.id: Fraction(answer == "a")}, {SINGLE.id: answer}) for answer in answers]
    return analyse({SINGLE.id: SINGLE}, marked)[0]


def test_an_item_looks_wrong_when_a_wrong_option_is_chosen_more_often_than_the_right_one() -> None:
    right = frozenset("a")
    assert doubts(chosen(*"aaaabbbbbb"), right) == (Doubt.RIVAL,)
    assert doubts(chosen(*"aaaaabbbbb"), right) == ()
    assert doubts(chosen(*"aaabbbbbb"), right) == (), "nine answers are too few to say so"


def test_an_item_looks_wrong_when_the_strong_get_it_wrong() -> None:
    found = analysed([[0, 1, 1], [1, 0, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]] * 8)
    assert doubts(found["0"], frozenset()) == (Doubt.BACKWARDS,)
    assert doubts(found["1"], frozenset()) == ()
