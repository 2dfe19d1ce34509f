"""How far the scores of a quiz can be trusted.

A paper is a mapping of item ids to marks. Papers may be drawn: each mark then counts as its
difference from the item's mean, so that who drew a harder paper is not taken for a weaker person.
Where all papers have the same items this changes nothing: the values are the usual ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.domain.moments import NOTHING, Values, deviation, kurtosis, mean, skewness, variance

SOME = 10  # with fewer papers, answers or people than this, how many of them do something says nothing
ENOUGH = 30  # with fewer papers or answers than this, a correlation or a reliability says nothing

Papers = Sequence[Mapping[str, float]]


def alpha(papers: Papers) -> float | None:
    """Cronbach's alpha: how well another paper of this kind would put people in the same order.

    1 is perfect, 0 is chance, and it can be below 0. For items that are right or wrong this is
    KR-20. None for papers of different lengths or of one item, and where the scores do not vary.
    """
    lengths = {len(paper) for paper in papers}
    if len(lengths) != 1 or (length := lengths.pop()) < 2:
        return None
    met: dict[str, list[float]] = {}
    for paper in papers:
        for item, mark in paper.items():
            met.setdefault(item, []).append(mark)
    means = {item: math.fsum(marks) / len(marks) for item, marks in met.items()}
    spread = variance([math.fsum(mark - means[item] for item, mark in paper.items()) for paper in papers])
    if spread is None or spread < NOTHING:
        return None
    of_items = math.fsum(len(marks) * (variance(marks) or 0.0) for marks in met.values()) / len(papers)
    return length / (length - 1) * (1 - of_items / spread)


@dataclass(frozen=True)
class WithoutItem:
    """Alpha of the papers that had an item, and what it would be without the item."""

    papers: int
    alpha: float
    without: float

    @property
    def is_better(self) -> bool:
        """Whether the scores would be more exact without the item, as far as two decimals tell."""
        return round(self.without, 2) > round(self.alpha, 2)


def alpha_without(papers: Papers, item: str) -> WithoutItem | None:
    """Alpha if an item were deleted. None for fewer than ENOUGH papers that had it, or where no alpha can be told."""
    had_it = [paper for paper in papers if item in paper]
    if len(had_it) < ENOUGH:
        return None
    whole = alpha(had_it)
    rest = alpha([{name: mark for name, mark in paper.items() if name != item} for paper in had_it])
    return None if whole is None or rest is None else WithoutItem(len(had_it), whole, rest)


def kr21(scores: Values, length: int) -> float | None:
    """Kuder and Richardson's 21: alpha of *length* right-or-wrong items, told from the scores alone.

    The variance here is that of these people, with n: the formula puts it beside shares of them.
    """
    spread, middle = variance(scores), mean(scores)
    if length < 2 or middle is None or spread is None or spread < NOTHING:
        return None
    spread *= (len(scores) - 1) / len(scores)
    return length / (length - 1) * (1 - middle * (length - middle) / (length * spread))


def error_ratio(reliability: float) -> float:
    """How much of the spread of the scores is chance: 0 for none of it."""
    return math.sqrt(1 - reliability)


@dataclass(frozen=True)
class QuizStatistics:
    """The scores of a quiz as shares of the marks, 0 to 1. The last five are None below ENOUGH papers, too."""

    papers: int
    mean: float
    deviation: float | None  # None below two papers
    near: int  # papers whose score is no further from the mean than that
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    kr21: float | None  # None where an item can earn a part of its mark
    error: float | None  # of measurement: about two in three scores lie this near to what the person knows


def quiz_statistics(papers: Papers) -> QuizStatistics:
    """The statistics of at least one paper."""
    scores = [math.fsum(paper.values()) / len(paper) for paper in papers]
    middle, spread, is_enough = math.fsum(scores) / len(scores), deviation(scores), len(papers) >= ENOUGH
    trusted = alpha(papers) if is_enough else None
    return QuizStatistics(
        papers=len(papers),
        mean=middle,
        deviation=spread,
        near=sum(abs(score - middle) <= (spread or 0.0) + NOTHING for score in scores),
        skewness=skewness(scores) if is_enough else None,
        kurtosis=kurtosis(scores) if is_enough else None,
        alpha=trusted,
        kr21=kr21_of(papers) if is_enough else None,
        error=None if trusted is None or spread is None else error_ratio(trusted) * spread,
    )


def kr21_of(papers: Papers) -> float | None:
    """None for papers of different lengths, and where an item can earn a part of its mark."""
    lengths = {len(paper) for paper in papers}
    if len(lengths) != 1 or any(mark not in (0, 1) for paper in papers for mark in paper.values()):
        return None
    return kr21([math.fsum(paper.values()) for paper in papers], lengths.pop())
