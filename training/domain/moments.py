"""How values spread and go together. Variances have n − 1; None where something cannot be told."""

import math
from collections.abc import Sequence

NOTHING = 1e-12  # a variance below this is none: floats leave crumbs

Values = Sequence[float]


def mean(values: Values) -> float | None:
    return math.fsum(values) / len(values) if values else None


def covariance(xs: Values, ys: Values) -> float | None:
    """None for fewer than two pairs."""
    n = len(xs)
    if n < 2:
        return None
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    return math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / (n - 1)


def variance(values: Values) -> float | None:
    return covariance(values, values)


def deviation(values: Values) -> float | None:
    """The standard deviation."""
    spread = variance(values)
    return None if spread is None else math.sqrt(spread)


def correlation(xs: Values, ys: Values) -> float | None:
    """Pearson's, −1 to 1; None where one side does not vary."""
    together, spread_x, spread_y = covariance(xs, ys), variance(xs), variance(ys)
    if together is None or not spread_x or not spread_y or min(spread_x, spread_y) < NOTHING:
        return None
    return max(-1.0, min(1.0, together / math.sqrt(spread_x * spread_y)))


def skewness(values: Values) -> float | None:
    """Which side the long tail is on: below 0 when most values are high. None for fewer than three."""
    n = len(values)
    k2 = variance(values)
    if n < 3 or not k2 or k2 < NOTHING:
        return None
    k3 = n * n * moment(values, 3) / ((n - 1) * (n - 2))
    return float(k3 / k2**1.5)


def kurtosis(values: Values) -> float | None:
    """How heavy the tails are: 0 for a normal curve, above it for heavier ones. None for fewer than four."""
    n = len(values)
    k2 = variance(values)
    if n < 4 or not k2 or k2 < NOTHING:
        return None
    m2, m4 = moment(values, 2), moment(values, 4)
    k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
    return k4 / k2**2


def moment(values: Values, power: int) -> float:
    """The mean of the differences from the mean, each to this *power*."""
    n = len(values)
    middle = math.fsum(values) / n
    return math.fsum((value - middle) ** power for value in values) / n
