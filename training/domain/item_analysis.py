"""How items behave: how hard they are, whether they tell strong from weak, what is chosen instead.

Definitions follow Moodle's quiz statistics: facility is the mean mark over the maximum; the
discrimination index is the correlation of the item's mark with the rest of the paper.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from training.domain.content import Answer, Item, Marks
from training.domain.grading import chosen_options

ENOUGH = 30  # below this many answers a correlation says nothing


@dataclass(frozen=True)
class MarkedPaper:
    """One attempt: the mark of each item of its paper, and the answers that were given."""

    marks: Marks
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class ItemStatistics:
    item: Item
    answered: int  # papers that had the item; a blank is an answer worth 0
    facility: Fraction  # mean mark, 0 to 1
    interval: tuple[float, float]  # Wilson 95 % interval of the facility
    discrimination: float | None  # −100 to 100; None where it cannot be told
    chosen: Mapping[str, int]  # by option id: how often it was ticked
    blank: int


def analyse(items: Mapping[str, Item], papers: Iterable[MarkedPaper]) -> tuple[ItemStatistics, ...]:
    """The statistics of each item that was met, the hardest first.

    *items* has the items by id; marks of other items count in the rest score only.
    """
    met: dict[str, Counter[tuple[int, int]]] = {}  # how often an item earned so much: few fractions are different
    compared: dict[str, list[tuple[float, float]]] = {}  # its mark, and the share of the rest of the paper
    chosen: dict[str, Counter[str]] = {}
    blank: Counter[str] = Counter()
    for paper in papers:
        earned = {item_id: value.numerator / value.denominator for item_id, value in paper.marks.items()}
        total, others = sum(earned.values()), len(earned) - 1
        for item_id, value in paper.marks.items():
            if item_id not in items:
                continue
            met.setdefault(item_id, Counter())[value.as_integer_ratio()] += 1
            if others:  # papers are drawn, so the rest score is a share of what this person saw
                pair = earned[item_id], (total - earned[item_id]) / others
                compared.setdefault(item_id, []).append(pair)
            ticked = chosen_options(items[item_id], paper.answers.get(item_id))
            chosen.setdefault(item_id, Counter()).update(ticked)
            blank[item_id] += item_id not in paper.answers
    statistics = []
    for item_id, marks in met.items():
        answered = marks.total()
        earned_in_all = sum((Fraction(*value) * count for value, count in marks.items()), Fraction(0))
        statistics.append(
            ItemStatistics(
                item=items[item_id],
                answered=answered,
                facility=earned_in_all / answered,
                interval=wilson(float(earned_in_all), answered),
                discrimination=correlation(compared.get(item_id, [])),
                chosen=chosen[item_id],
                blank=blank[item_id],
            )
        )
    return tuple(sorted(statistics, key=lambda one: (one.facility, one.item.id)))


def wilson(successes: float, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a proportion."""
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def correlation(pairs: list[tuple[float, float]]) -> float | None:
    """Pearson's correlation times 100; None below 30 pairs or where one side does not vary."""
    n = len(pairs)
    if n < ENOUGH:
        return None
    mean_x, mean_y = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return 100 * xy / math.sqrt(xx * yy) if xx > 1e-12 and yy > 1e-12 else None
