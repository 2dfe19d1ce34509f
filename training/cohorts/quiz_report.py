"""What a trainer sees of a quiz as a whole: how the scores lie, how exact they are, what was won since the test before.

Each number comes with a sentence that says what it means and what to do.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from training.cohorts.assignments import AssignedModule
from training.curriculum import module_of
from training.domain.content import Assessment, Marks
from training.domain.gain import CohortGain, cohort_gain, share
from training.domain.intervals import PairedGain, Z
from training.domain.reliability import SOME, Papers, QuizStatistics, quiz_statistics
from training.domain.spreadsheet import hundredths
from training.i18n import percent, two_decimals

CLEAR = 1.0  # a skewness or a kurtosis as far from 0 as this says something, unless it can be chance
GOOD, FAIR = 0.7, 0.5  # reliability from which single scores can be compared, and below which they hardly can
MUCH, LITTLE = Fraction(7, 10), Fraction(3, 10)  # Hake's bounds of a normalised gain
CLEARLY_BELOW = 0.1


@dataclass(frozen=True)
class Taken:
    """A submitted attempt at a quiz."""

    person: str
    number: int
    is_waiting: bool  # for a mark by hand
    marks: Marks


@dataclass(frozen=True)
class QuizLine:
    statistics: QuizStatistics | None  # of the papers that are marked to the end; None where there is none
    papers: Papers  # these
    waiting: int  # papers with an answer that waits for a mark by hand
    gain: CohortGain | None  # since the test before, where at least two people took both
    language: str
    module: str
    title: str


@dataclass(frozen=True)
class Measure:
    name: str
    value: str
    meaning: str  # and what to do; empty where that cannot be told


def quiz_line(
    assigned: AssignedModule, assessment: Assessment, taken: Sequence[Taken], before: Sequence[Taken]
) -> QuizLine:
    """*before*: the attempts at the test that this one is parallel to."""
    module = module_of(assigned.assignment.module_version_id)
    papers = [
        {item: mark.numerator / mark.denominator for item, mark in one.marks.items()}
        for one in taken
        if not one.is_waiting
    ]
    pre, post = first_scores(before), first_scores(taken)
    return QuizLine(
        statistics=quiz_statistics(papers) if papers else None,
        papers=papers,
        waiting=len(taken) - len(papers),
        gain=cohort_gain([(score, post[person]) for person, score in pre.items() if person in post]),
        language=module.language,
        module=module.title,
        title=assessment.title,
    )


def first_scores(taken: Iterable[Taken]) -> Mapping[str, Fraction]:
    """The score of each person's first attempt, where it is marked to the end."""
    return {one.person: share(one.marks) for one in taken if one.number == 1 and not one.is_waiting}


# In words


def measures(line: QuizLine) -> list[Measure]:
    """What can be told of a quiz, beyond the number of papers and their mean."""
    return [*of_scores(line.statistics), *(of_gain(line.gain) if line.gain else ())] if line.statistics else []


def of_scores(one: QuizStatistics) -> list[Measure]:
    told = []
    if one.deviation is not None:
        told.append(Measure(_("Standard deviation"), points(one.deviation), meaning_of_deviation(one)))
    if one.skewness is not None:
        told.append(Measure(_("Skewness"), two_decimals(one.skewness), meaning_of_skewness(one.skewness)))
    if one.kurtosis is not None:
        told.append(Measure(_("Kurtosis"), two_decimals(one.kurtosis), meaning_of_kurtosis(one.kurtosis, one.papers)))
    if one.alpha is not None:
        told.append(Measure(_("Reliability (Cronbach's alpha)"), two_decimals(one.alpha), meaning_of_alpha(one.alpha)))
    if one.kr21 is not None and one.alpha is not None:
        told.append(Measure(_("Reliability (KR-21)"), two_decimals(one.kr21), meaning_of_kr21(one.kr21, one.alpha)))
    if one.error is not None:
        told.append(Measure(_("Error of measurement"), points(one.error), meaning_of_error()))
    return told


def meaning_of_deviation(one: QuizStatistics) -> str:
    if one.papers < SOME:
        return ""
    return _(
        "%(near)s of %(all)s papers are no further from the mean than this. A large number means that some people "
        "know much more than others: let them help the others.",
        near=one.near,
        all=one.papers,
    )


def meaning_of_skewness(value: float) -> str:
    if value <= -CLEAR:
        return _("Most people have high scores, and a few have much lower ones. Find these few, and help them.")
    if value >= CLEAR:
        return _("Most people have low scores, and a few have much higher ones. Teach the module to all once more.")
    return _("Low and high scores are about as far from the mean. There is nothing to do.")


def meaning_of_kurtosis(value: float, papers: int) -> str:
    clear = max(CLEAR, Z * math.sqrt(24 / papers))  # the root is its standard error where the scores are normal
    if value >= clear:
        return _("Most scores are close together, and a few are far away. Look at these few people one by one.")
    if value <= -clear:
        return _(
            "The scores are far apart, with few people in the middle. There may be two groups, one that knows the "
            "material and one that does not. Teach them apart."
        )
    return _("There are about as many very low and very high scores as usual. There is nothing to do.")


def meaning_of_alpha(value: float) -> str:
    if value >= GOOD:
        return _("Another paper of this quiz would put people in nearly the same order. You can compare their scores.")
    if value >= FAIR:
        return _(
            "Another paper of this quiz would put people in roughly the same order. Small differences say nothing."
        )
    return _(
        "Another paper of this quiz could put people in a very different order. Do not compare the scores of two "
        "people. If nearly everybody has a high score, this is normal. If not, look for questions with a low "
        "discrimination."
    )


def meaning_of_kr21(value: float, alpha: float) -> str:
    if value < alpha - CLEARLY_BELOW:
        return _(
            "This is the reliability as if all questions were equally hard. It is clearly lower than alpha, so some "
            "questions are much harder than others. Teach the hardest ones again; you find them below."
        )
    return _(
        "This is the reliability as if all questions were equally hard. It is close to alpha, so they are about "
        "equally hard. There is nothing to do."
    )


def meaning_of_error() -> str:
    return _("If the scores of two people differ by less than this, treat them as equal.")


def gain_in_words(one: PairedGain) -> str:
    """Whether what was won can be more than chance."""
    low, high = one.interval
    if low <= 0 <= high:
        return _("This may be chance. Wait for more people, or look at the hardest questions below.")
    if one.people < SOME:  # with a few, their scores need only be alike to look certain
        return _("These are fewer than %(some)s people, so do not rely on it yet.", some=SOME)
    if low > 0:
        return _("People know more than before. This is more than chance.")
    return _("People know less than before. This is more than chance. Find out why.")


def of_gain(one: CohortGain) -> list[Measure]:
    told = []
    if one.normalised is not None:
        told.append(
            Measure(
                _("Normalised gain (Hake)"),
                percent(one.normalised),
                _("This is the part of the marks missing before that the group has won.")
                + " "
                + amount(one.normalised, one.paired.people),
            )
        )
    if one.change is not None:
        told.append(
            Measure(
                _("Normalised change (Marx and Cummings)"),
                percent(one.change),
                _(
                    "The same for each person, then the mean of all. A person who lost marks counts with the part "
                    "that was lost. If it is much lower than the gain of the group, some people lost: find them."
                ),
            )
        )
    return told


def amount(gained: Fraction, people: int) -> str:
    if people < SOME:
        return _("With fewer than %(some)s people, it says little.", some=SOME)
    if gained >= MUCH:
        return _("%(much)s or more is a lot. Go on teaching like this.", much=percent(MUCH))
    if gained >= LITTLE:
        return _(
            "Between %(little)s and %(much)s is usual where teaching works.", little=percent(LITTLE), much=percent(MUCH)
        )
    return _(
        "Less than %(little)s is little. Look at the hardest questions below, and teach them again.",
        little=percent(LITTLE),
    )


def points(value: float) -> str:
    return ngettext("%(num)s point", "%(num)s points", round(100 * value))


# As a file


def quizzes_table(lines: Iterable[QuizLine]) -> tuple[list[str], list[list[str]]]:
    """The quizzes as text for a file, with the same numbers."""
    header = [
        _("Module"),
        _("Quiz"),
        _("Papers"),
        _("Papers that wait for a mark"),
        _("Mean (%)"),
        _("Standard deviation (points)"),
        _("Skewness"),
        _("Kurtosis"),
        _("Reliability (Cronbach's alpha)"),
        _("Reliability (KR-21)"),
        _("Error of measurement (points)"),
        _("People with both tests"),
        _("Before (%)"),
        _("After (%)"),
        _("Gain (points)"),
        _("Gain from"),
        _("Gain to"),
        _("Normalised gain (%)"),
        _("Normalised change (%)"),
    ]
    return header, [[line.module, line.title, *statistics_cells(line), *gain_cells(line.gain)] for line in lines]


def statistics_cells(line: QuizLine) -> list[str]:
    one = line.statistics
    if one is None:
        return ["0", str(line.waiting), *[""] * 7]
    return [
        str(one.papers),
        str(line.waiting),
        hundredths(one.mean),
        in_points(one.deviation),
        *map(plain, (one.skewness, one.kurtosis, one.alpha, one.kr21)),
        in_points(one.error),
    ]


def gain_cells(one: CohortGain | None) -> list[str]:
    if one is None:
        return [""] * 8
    shares = (one.pre, one.post)
    in_all = (one.paired.mean, *one.paired.interval)
    return [
        str(one.paired.people),
        *map(hundredths, shares),
        *map(in_points, in_all),
        hundredths(one.normalised),
        hundredths(one.change),
    ]


def in_points(value: float | None) -> str:
    return "" if value is None else str(round(100 * value))


def plain(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
