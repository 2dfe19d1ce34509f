"""What makes a password too easy to guess. No rule about the signs in it: a pass phrase is welcome."""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

LONGEST = 128
TRAINEE_LENGTH = 10
TRAINER_LENGTH = 15  # of those who can see or change what others did

SITE_WORDS = ("peacekeeper", "peacekeepers", "peacekeeping", "training", "password", "protection", "civilians")
ENOUGH_OF_ONES_OWN = 4  # signs that are left when known words and digits are taken away


class Weakness(StrEnum):
    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    REPEATED = "repeated"
    KNOWN_WORDS = "known words"  # the platform's, the person's, the cohort's


def normal(password: str) -> str:
    """The form that is hashed: the same on every keyboard."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, minimum: int, common: Collection[str], words: Collection[str]) -> Weakness | None:
    """The first thing that is wrong with *password*. *words*: names that an acquaintance would try."""
    password = normal(password)
    if len(password) < minimum:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    folded = password.casefold()
    if folded in common or without_ends(folded) in common:
        return Weakness.COMMON
    unit = repeated_unit(folded)
    if unit != folded and (len(unit) < minimum or unit in common):
        return Weakness.REPEATED
    if is_made_of(folded, words):
        return Weakness.KNOWN_WORDS
    return None


def without_ends(folded: str) -> str:
    """What is left when digits and marks are taken from both ends: `elephant` of `elephant2024!`."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)


def repeated_unit(folded: str) -> str:
    """The shortest text that gives *folded* when it is repeated (the last time perhaps cut short)."""
    return next(
        folded[:length]
        for length in range(1, len(folded) + 1)
        if (folded[:length] * (len(folded) // length + 1)).startswith(folded)
    )


def is_made_of(folded: str, words: Collection[str]) -> bool:
    """Whether next to nothing is left without these words, digits and marks."""
    parts = {part for word in (*words, *SITE_WORDS) for part in pieces(word) if len(part) >= 3}
    rest = folded
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, " ")
    return rest != folded and len(re.sub(r"[\W\d_]", "", rest)) < ENOUGH_OF_ONES_OWN


def pieces(word: str) -> list[str]:
    folded = normal(word).casefold()
    return [folded, re.sub(r"[\W_]", "", folded), *re.split(r"[\W_]+", folded)]
