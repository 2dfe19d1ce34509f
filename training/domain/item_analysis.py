"""How items behave: how hard they are, whether they tell strong from weak, what is chosen instead.

Definitions follow Moodle's quiz statistics. Papers are drawn, so an item is compared with the rest
of the paper, or with the whole of it, as a share of what each person saw.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from training.domain.content import Answer, Item, Marks
from training.domain.grading import said
from training.domain.intervals import Interval, of_correlation, wilson
from training.domain.moments import NOTHING, correlation, covariance
from training.domain.reliability import ENOUGH, SOME


@dataclass(frozen=True)
class MarkedPaper:
    """One attempt: the mark of each item of its paper that is marked, and the answers that were given."""

    marks: Marks
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class ItemStatistics:
    """The last five cannot be told, and are None, below ENOUGH answers or where nothing varies."""

    item: Item
    answered: int  # papers that had the item; a blank is an answer worth 0
    facility: Fraction  # mean mark, 0 to 1
    interval: Interval  # Wilson 95 % interval of the facility
    chosen: Mapping[str, int]  # how often each option was ticked and each other thing was said: see grading.said
    blank: int
    discrimination: float | None  # correlation with the rest of the paper, −100 to 100
    discrimination_interval: Interval | None
    with_total: float | None  # correlation with the whole paper, −100 to 100
    efficiency: float | None  # discrimination as a share of the best that these marks allow, −100 to 100
    weight: float | None  # share of the spread of the scores that the item makes, in per cent


@dataclass
class Compared:
    """An item's marks beside the rest and the whole of each paper that had it."""

    marks: list[float] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)


def analyse(items: Mapping[str, Item], papers: Iterable[MarkedPaper]) -> tuple[ItemStatistics, ...]:
    """The statistics of each item that was met, the hardest first.

    *items* has the items by id; marks of other items count in the rest score only.
    """
    met: dict[str, Counter[tuple[int, int]]] = {}  # how often an item earned so much: few fractions are different
    compared: dict[str, Compared] = {}
    chosen: dict[str, Counter[str]] = {}
    blank: Counter[str] = Counter()
    for paper in papers:
        earned = {item_id: value.numerator / value.denominator for item_id, value in paper.marks.items()}
        total, others = sum(earned.values()), len(earned) - 1
        for item_id, value in paper.marks.items():
            if item_id not in items:
                continue
            met.setdefault(item_id, Counter())[value.as_integer_ratio()] += 1
            if others:
                beside = compared.setdefault(item_id, Compared())
                beside.marks.append(earned[item_id])
                beside.rests.append((total - earned[item_id]) / others)
                beside.totals.append(total / (others + 1))
            chosen.setdefault(item_id, Counter()).update(said(items[item_id], paper.answers.get(item_id)))
            blank[item_id] += item_id not in paper.answers
    weights = effective_weights(compared)
    statistics = []
    for item_id, marks in met.items():
        answered = marks.total()
        earned_in_all = sum((Fraction(*value) * count for value, count in marks.items()), Fraction(0))
        beside = compared.get(item_id, Compared())
        is_enough = len(beside.marks) >= ENOUGH
        discrimination = correlation(beside.marks, beside.rests) if is_enough else None
        bounds = None if discrimination is None else of_correlation(discrimination, len(beside.marks))
        statistics.append(
            ItemStatistics(
                item=items[item_id],
                answered=answered,
                facility=earned_in_all / answered,
                interval=wilson(float(earned_in_all), answered),
                chosen=chosen[item_id],
                blank=blank[item_id],
                discrimination=in_per_cent(discrimination),
                discrimination_interval=(100 * bounds[0], 100 * bounds[1]) if bounds else None,
                with_total=in_per_cent(correlation(beside.marks, beside.totals)) if is_enough else None,
                efficiency=in_per_cent(efficiency(beside.marks, beside.rests)) if is_enough else None,
                weight=in_per_cent(weights.get(item_id)) if is_enough else None,
            )
        )
    return tuple(sorted(statistics, key=lambda one: (one.facility, one.item.id)))


def in_per_cent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def efficiency(marks: list[float], rests: list[float]) -> float | None:
    """The covariance of item and rest as a share of the largest that the same values could have."""
    found, largest = covariance(marks, rests), covariance(sorted(marks), sorted(rests))
    return found / largest if found is not None and largest and largest > NOTHING else None


def effective_weights(compared: Mapping[str, Compared]) -> Mapping[str, float | None]:
    """The share of the spread that each item makes; None for an item that works against the others."""
    together = {item: covariance(beside.marks, beside.totals) for item, beside in compared.items()}
    roots = {item: math.sqrt(c) if c is not None and c >= 0 else None for item, c in together.items()}
    whole = math.fsum(root for root in roots.values() if root is not None)
    return {item: root / whole if root is not None and whole > NOTHING else None for item, root in roots.items()}


class Doubt(StrEnum):
    """Why an item looks wrong: its key, or its words."""

    BACKWARDS = "backwards"  # who is strong elsewhere gets it wrong more often
    RIVAL = "rival"  # an option that counts as wrong is chosen more often than one that counts as right


def doubts(statistics: ItemStatistics, correct: frozenset[str]) -> tuple[Doubt, ...]:
    """What makes the item look wrong, if anything. *correct*: the options that count as right."""
    found = []
    if statistics.discrimination is not None and statistics.discrimination < 0:
        found.append(Doubt.BACKWARDS)
    ticked = {option.id: statistics.chosen.get(option.id, 0) for option in statistics.item.options}
    right = [count for option, count in ticked.items() if option in correct]
    wrong = [count for option, count in ticked.items() if option not in correct]
    if statistics.answered >= SOME and right and wrong and max(wrong) > min(right):
        found.append(Doubt.RIVAL)
    return tuple(found)
