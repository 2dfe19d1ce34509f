"""Wilson's intervals are checked against published ones; the rest against small papers by hand."""

from fractions import Fraction

import pytest

from tests.domain.test_grading import item
from training.domain.item_analysis import MarkedPaper, analyse, correlation, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_published_one(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_a_correlation_of_fewer_than_thirty_answers_cannot_be_told() -> None:
    assert correlation([(0.0, 0.1), (1.0, 0.9)] * 14) is None
    assert correlation([(0.0, 0.1), (1.0, 0.9)] * 15) == pytest.approx(100)


def test_a_correlation_with_a_side_that_never_varies_cannot_be_told() -> None:
    assert correlation([(1.0, 0.5)] * 40) is None


def test_the_hardest_item_comes_first_with_what_was_chosen_instead() -> None:
    single = item("single-choice")
    easy = single.model_copy(update={"id": "easy"})
    hard = single.model_copy(update={"id": "hard"})
    papers = [
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(0)}, {"easy": "a", "hard": "b"}),
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(1)}, {"easy": "a", "hard": "a"}),
        MarkedPaper({"easy": Fraction(1), "hard": Fraction(0)}, {"easy": "a"}),
    ]
    first, second = analyse({"easy": easy, "hard": hard}, papers)
    assert (first.item.id, first.facility, first.answered, first.blank) == ("hard", Fraction(1, 3), 3, 1)
    assert dict(first.chosen) == {"a": 1, "b": 1}
    assert (second.item.id, second.facility) == ("easy", 1)
