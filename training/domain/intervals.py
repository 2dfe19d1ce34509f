"""How exact a number is that few people gave: 95 % intervals of a share, a correlation and a gain."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from training.domain.moments import deviation

SURE = 0.95
Z = 1.959964  # between −Z and Z lies this much of the normal curve

Interval = tuple[float, float]


def wilson(successes: float, n: int, z: float = Z) -> Interval:
    """Wilson's interval of a proportion."""
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def of_correlation(value: float, n: int) -> Interval | None:
    """Fisher's interval of a correlation of *n* pairs; None for fewer than four."""
    if n < 4:
        return None
    if abs(value) >= 1:
        return value, value
    middle, half = math.atanh(value), Z / math.sqrt(n - 3)
    return math.tanh(middle - half), math.tanh(middle + half)


@dataclass(frozen=True)
class PairedGain:
    """How much better the same people were the second time."""

    people: int
    mean: float
    t: float | None  # None where everybody gained the same
    interval: Interval


def paired_gain(before: Sequence[float], after: Sequence[float]) -> PairedGain | None:
    """The mean of each person's gain with its t interval; None for fewer than two people."""
    gains = [second - first for first, second in zip(before, after, strict=True)]
    spread = deviation(gains)
    if spread is None:
        return None
    n, mean = len(gains), math.fsum(gains) / len(gains)
    error = spread / math.sqrt(n)
    half = t_quantile(n - 1) * error
    return PairedGain(n, mean, mean / error if error else None, (mean - half, mean + half))


def t_quantile(freedom: int, share: float = SURE) -> float:
    """The t between −t and t of which lies *share* of Student's curve with *freedom* degrees of freedom."""
    low, high = 0.0, math.pi / 2
    while (middle := (low + high) / 2) not in (low, high):
        if t_share(middle, freedom) < share:
            low = middle
        else:
            high = middle
    return math.sqrt(freedom) * math.tan(high)


def t_share(angle: float, freedom: int) -> float:
    """How much of Student's curve lies between −t and t, for t = √freedom · tan(angle).

    A finite sum, exact for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
    """
    is_odd = freedom % 2
    cosine = math.cos(angle)
    term, total = (cosine if is_odd else 1.0), 0.0
    for step in range(2 + is_odd, freedom + 1, 2):
        total += term
        term *= cosine * cosine * (step - 1) / step
    if is_odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total
