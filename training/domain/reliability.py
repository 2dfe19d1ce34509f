"""How far the scores of a quiz can be trusted.

A paper is a mapping of item ids to marks. Papers may be drawn: each mark then counts as its
difference from the item's mean, so that who drew a harder paper is not taken for a weaker person.
Where all papers have the same items this changes nothing: the values are the usual ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.domain.content import Marks
from training.domain.moments import NOTHING, Values, deviation, mean, variance

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


def alpha_without(papers: Papers) -> Mapping[str, float | None]:
    """Alpha if an item were deleted, by item: of the papers that had it, without it."""
    items = sorted({item for paper in papers for item in paper})
    return {
        left_out: alpha(
            [{i: mark for i, mark in paper.items() if i != left_out} for paper in papers if left_out in paper]
        )
        for left_out in items
    }


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
    """The scores of a quiz as shares of the marks, 0 to 1."""

    papers: int
    mean: float
    deviation: float | None  # None below two papers
    alpha: float | None  # None below ENOUGH papers, too
    error: float | None  # of measurement: about two in three scores lie this near to what the person knows


def quiz_statistics(papers: Sequence[Marks]) -> QuizStatistics:
    """The statistics of at least one paper."""
    marks = [{item: mark.numerator / mark.denominator for item, mark in paper.items()} for paper in papers]
    scores = [math.fsum(paper.values()) / len(paper) for paper in marks]
    spread = deviation(scores)
    trusted = alpha(marks) if len(papers) >= ENOUGH else None
    return QuizStatistics(
        papers=len(papers),
        mean=math.fsum(scores) / len(scores),
        deviation=spread,
        alpha=trusted,
        error=None if trusted is None or spread is None else error_ratio(trusted) * spread,
    )
