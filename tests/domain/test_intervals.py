"""Against published values: Wilson's intervals, Student's sleep data, a table of t."""

import pytest

from training.domain.intervals import of_correlation, paired_gain, t_quantile, wilson

ONE_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]  # hours of sleep gained by ten people
ANOTHER = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_published_one(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_the_gain_of_students_sleepers_is_the_published_one() -> None:
    gain = paired_gain(ONE_DRUG, ANOTHER)
    assert gain and gain.people == 10
    assert gain.mean == pytest.approx(1.58)
    assert gain.t == pytest.approx(4.0621, abs=5e-5)
    assert gain.interval == pytest.approx((0.7001, 2.4599), abs=5e-5)


def test_the_gain_of_one_person_cannot_be_told_and_an_even_gain_has_no_t() -> None:
    assert paired_gain([0.5], [0.7]) is None
    even = paired_gain([0, 1, 2], [1, 2, 3])
    assert even and (even.mean, even.t, even.interval) == (1, None, (1, 1))


@pytest.mark.parametrize(
    ("freedom", "t"),
    [(1, 12.7062), (2, 4.30265), (3, 3.18245), (9, 2.26216), (10, 2.22814), (30, 2.04227), (120, 1.97993)],
)
def test_students_t_is_that_of_the_tables(freedom: int, t: float) -> None:
    assert t_quantile(freedom) == pytest.approx(t, abs=5e-5)


def test_with_many_people_students_t_is_that_of_the_normal_curve() -> None:
    assert t_quantile(20_000) == pytest.approx(1.96009, abs=5e-5)


def test_fishers_interval_of_a_correlation() -> None:
    assert of_correlation(0.0, 103) == pytest.approx((-0.1936, 0.1936), abs=5e-4)
    low, high = of_correlation(0.5, 28) or (0, 0)
    assert (low, high) == pytest.approx((0.1559, 0.7359), abs=5e-4)
    assert of_correlation(0.5, 3) is None
    assert of_correlation(1.0, 40) == (1.0, 1.0)
