"""Against published values (Law School Admission Test, section 6), and properties that must hold."""

import math

import pytest

from tests.domain.lsat import PEOPLE
from training.domain.moments import kurtosis, skewness, variance
from training.domain.reliability import ENOUGH, alpha, alpha_without, error_ratio, kr21, quiz_statistics

PAPERS = [{f"item {place}": float(mark) for place, mark in enumerate(paper)} for paper in PEOPLE]
SCORES = [float(sum(paper)) for paper in PEOPLE]


def test_alpha_is_the_published_one() -> None:
    assert alpha(PAPERS) == pytest.approx(0.2950, abs=5e-5)


def test_for_items_that_are_right_or_wrong_alpha_is_kr20() -> None:
    shares = [sum(paper[place] for paper in PEOPLE) / 1000 for place in range(5)]
    spread = (variance(SCORES) or 0) * 999 / 1000
    kr20 = 5 / 4 * (1 - sum(p * (1 - p) for p in shares) / spread)
    assert alpha(PAPERS) == pytest.approx(kr20)


def test_alpha_without_each_item_is_the_published_one() -> None:
    found = [alpha_without(PAPERS, f"item {place}") for place in range(5)]
    assert [one and one.without for one in found] == pytest.approx([0.2754, 0.2376, 0.2168, 0.2459, 0.2663], abs=5e-5)
    assert {one and (one.papers, one.alpha, one.is_better) for one in found} == {(1000, alpha(PAPERS), False)}


def test_an_item_that_goes_against_the_others_is_better_left_out_and_counts_from_thirty_papers_on() -> None:
    papers = [{"a": float(n % 2), "b": float(n % 2), "odd": float(n % 4 < 2)} for n in range(ENOUGH)]
    found = alpha_without(papers, "odd")
    assert found and found.is_better and found.without == pytest.approx(1)
    helps = alpha_without(papers, "a")
    assert helps and not helps.is_better
    assert alpha_without(papers[1:], "odd") is None
    assert alpha_without([*papers[1:], {"a": 1.0, "b": 0.0, "c": 1.0}], "odd") is None, "one paper did not have it"
    assert alpha_without([{"a": float(n % 2), "b": 1.0} for n in range(ENOUGH)], "a") is None, "one item is no quiz"


def test_kr21_is_the_published_one() -> None:
    assert kr21(SCORES, 5) == pytest.approx(0.1964, abs=5e-5)


def test_who_drew_a_harder_paper_is_not_taken_for_weaker() -> None:
    """Two papers side by side, the second one much harder, are as reliable as each is alone."""
    easy = [{"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 0.0, "b": 1.0, "c": 0.0}] * 20
    hard = [{item.upper(): mark / 4 for item, mark in paper.items()} for paper in easy]
    assert alpha(hard) == pytest.approx(alpha(easy))
    assert alpha([*easy, *easy]) == pytest.approx(alpha(easy), abs=0.01)
    same_ability = [{**{item.upper(): mark - 0.5 for item, mark in paper.items()}} for paper in easy]
    assert alpha([*easy, *same_ability]) == pytest.approx(alpha(easy), abs=0.01)


def test_alpha_cannot_be_told_of_papers_that_cannot_be_compared_or_do_not_vary() -> None:
    assert alpha([]) is None
    assert alpha([{"a": 1.0}, {"a": 0.0}]) is None
    assert alpha([{"a": 1.0, "b": 0.0}, {"a": 0.0}]) is None
    assert alpha([{"a": 1.0, "b": 0.0}] * 5) is None


def test_the_error_of_measurement_is_the_error_ratio_of_the_spread() -> None:
    found = quiz_statistics(PAPERS)
    assert (found.papers, found.mean) == (1000, pytest.approx(sum(SCORES) / 5000))
    assert found.deviation == pytest.approx(math.sqrt(variance(SCORES) or 0) / 5)
    assert found.near == sum(abs(score - sum(SCORES) / 1000) < 5 * found.deviation for score in SCORES)
    assert found.alpha == pytest.approx(0.2950, abs=5e-5)
    assert found.error == pytest.approx(error_ratio(found.alpha or 0) * (found.deviation or 0))
    assert error_ratio(1.0) == 0 and error_ratio(0.0) == 1


def test_below_thirty_papers_no_reliability_is_told() -> None:
    papers = [{"a": float(n % 2), "b": float(n % 2)} for n in range(ENOUGH - 1)]
    few = quiz_statistics(papers)
    assert {few.alpha, few.kr21, few.error, few.skewness, few.kurtosis} == {None} and few.deviation
    enough = quiz_statistics([*papers, {"a": 1.0, "b": 0.0}])
    assert None not in (enough.alpha, enough.kr21, enough.error, enough.skewness, enough.kurtosis)


def test_kr21_is_told_of_right_or_wrong_only_and_the_shape_is_that_of_the_scores() -> None:
    found = quiz_statistics(PAPERS)
    assert found.kr21 == pytest.approx(0.1964, abs=5e-5)
    assert (found.skewness, found.kurtosis) == pytest.approx((skewness(SCORES), kurtosis(SCORES)))
    assert quiz_statistics([*PAPERS, dict.fromkeys(PAPERS[0], 0.5)]).kr21 is None
    assert quiz_statistics([*PAPERS, {"item 0": 1.0}]).kr21 is None


def test_one_paper_has_a_mean_and_no_spread() -> None:
    one = quiz_statistics([{"a": 1.0, "b": 0.0}])
    assert (one.papers, one.mean, one.near) == (1, 0.5, 1)
    assert (one.deviation, one.alpha, one.error) == (None, None, None)


def test_a_long_tail_on_the_right_is_a_skewness_above_nothing() -> None:
    assert skewness([1, 2, 3, 4, 5]) == pytest.approx(0)
    assert skewness([1, 1, 1, 1, 6]) == pytest.approx(math.sqrt(5))
    assert skewness([1, 2]) is None and skewness([2, 2, 2]) is None


def test_kurtosis_is_below_nothing_for_flat_values_and_above_it_for_heavy_tails() -> None:
    assert kurtosis([1, 2, 3, 4, 5]) == pytest.approx(-1.2)
    assert kurtosis([1, 1, 1, 1, 6]) == pytest.approx(5)
    assert kurtosis([1, 2, 3]) is None and kurtosis([2, 2, 2, 2]) is None
