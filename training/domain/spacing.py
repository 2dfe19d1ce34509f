"""When a practice question is asked again: shortly before its answer is likely to be forgotten.

The rule is FSRS-6 (Free Spaced Repetition Scheduler, version 6), with its published default weights, for a
chance of nine in ten that the answer is still known. It comes from the package `fsrs`, of the rule's own authors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from fsrs import Card, Rating, Scheduler

from training.domain.calibration import Certainty

SCHEDULER = Scheduler(desired_retention=0.9, enable_fuzzing=False)
REST = timedelta(hours=8)  # a day may begin in the middle of somebody's evening


@dataclass(frozen=True)
class Practised:
    """One answer to a practice question."""

    at: datetime
    mark: Fraction | None  # None: a written answer that its writer has not compared with the key ideas
    certainty: str | None = None

    @property
    def rating(self) -> Rating | None:
        """How well the answer was known, in the words of FSRS; None where nothing can tell.

        Right: Good; right, but said to be a guess: Hard. Anything less than the full mark: Again. To FSRS, Hard is
        an answer that was known, and who leaves out a part or adds what is wrong did not know it; here as in
        calibration, only a full mark is right. A written answer has the mark that its writer gave it by ticking the
        key ideas in it.
        """
        if self.mark is None:
            return None
        if self.mark < 1:
            return Rating.Again
        return Rating.Hard if self.certainty == Certainty.GUESS else Rating.Good


@dataclass(frozen=True)
class Spacing:
    """When a question that was answered comes again."""

    due_at: datetime  # by FSRS: minutes later when it is new or was not known, whole days later otherwise
    ask_at: datetime  # to a person: see spacing


def spacing(answers: Iterable[Practised], *, scheduler: Scheduler = SCHEDULER) -> Spacing | None:
    """Fold the answers that one person gave to one question, in any order; None where nothing can be told.

    FSRS lets a new card wait for steps of minutes before it counts in days. That is for packs of cards: who was right
    in a lesson is not asked again in the same visit, but from the beginning of the day on which the chance to know it
    has fallen to nine in ten; in days, that is the card's stability. What was not known comes back after the minutes.
    Days are those of the calendar (UTC): an answer in the evening and one on the next morning are a day apart.
    """
    known = sorted({(one.at, rating) for one in answers if (rating := one.rating) is not None})
    if not known:
        return None
    card = Card(card_id=0, due=known[0][0])
    for at, rating in known:
        card, _log = scheduler.review_card(card, rating, at)
        card.last_review = day_of(at)  # FSRS counts the hours up to the next review, and takes the full days in them
    last_at, last_rating = known[-1]
    if last_rating is Rating.Again:
        return Spacing(card.due, card.due)
    days = (card.due - last_at).days or max(1, round(card.stability or 0))
    return Spacing(card.due, max(day_of(last_at) + timedelta(days=days), last_at + REST))


def day_of(at: datetime) -> datetime:
    """The beginning of the day."""
    return datetime.combine(at.date(), time(), UTC)


def days_between(at: datetime, later: datetime) -> int:
    """0: today, 1: tomorrow."""
    return (day_of(later) - day_of(at)).days
