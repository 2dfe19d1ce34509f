"""How well people know what they know: how sure they said they were, against how often they were right."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Certainty(StrEnum):
    SURE = "sure"
    FAIRLY_SURE = "fairly-sure"
    GUESS = "guess"


# What an answer earns when it is right and when it is not: shown to its person, never part of a result.
ENOUGH = 5  # answers before a share says something
CERTAINTY_MARKS = {Certainty.SURE: (3, -6), Certainty.FAIRLY_SURE: (2, -2), Certainty.GUESS: (1, 0)}


@dataclass(frozen=True)
class Level:
    """The answers of which their person said the same."""

    certainty: Certainty
    answers: int
    right: int

    @property
    def share(self) -> Fraction | None:
        """The share that was right; None where there are no answers."""
        return Fraction(self.right, self.answers) if self.answers else None

    @property
    def better(self) -> Certainty | None:
        """What would have earned more with so many right answers; None where this was best, or too few answers tell."""
        if self.answers < ENOUGH:
            return None
        best = max(Certainty, key=lambda level: (self.earned(level), level == self.certainty))
        return None if best == self.certainty else best

    def earned(self, certainty: Certainty) -> int:
        """What these answers would have earned, had their person said *certainty*."""
        gain, loss = CERTAINTY_MARKS[certainty]
        return self.right * gain + (self.answers - self.right) * loss


@dataclass(frozen=True)
class Calibration:
    levels: tuple[Level, ...]  # sure, fairly sure, guess; also those without an answer

    @property
    def answers(self) -> int:
        return sum(level.answers for level in self.levels)

    @property
    def marks(self) -> int:
        """Certainty marks: being sure pays when one is right and costs more when one is not."""
        return sum(level.earned(level.certainty) for level in self.levels)

    @property
    def most_marks(self) -> int:
        """If every answer had been right, and said to be sure."""
        return self.answers * CERTAINTY_MARKS[Certainty.SURE][0]


def calibration(answers: Iterable[tuple[str | None, Fraction]]) -> Calibration:
    """From pairs of certainty and mark, 0 to 1. Only a full mark is right; who was not asked is left out."""
    said = list(answers)
    levels = []
    for level in Certainty:
        marks = [mark for certainty, mark in said if certainty == level]
        levels.append(Level(level, len(marks), marks.count(Fraction(1))))
    return Calibration(tuple(levels))
