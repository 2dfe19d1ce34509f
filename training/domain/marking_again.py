"""A key that was wrong, put right after papers were marked with it. The published key stays as it is:
what counts is that key with the changes that concern an attempt laid over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from training.domain.content import Frozen, ItemKey, Key, OptionKey


class Ruling(Frozen):
    """What counts as right for an item instead of its published key; with nothing said, the published key again."""

    correct: tuple[str, ...] | None = None  # the options that count as right
    claim: bool | None = None  # true-false only: whether the statement is true
    given_to_all: bool = False  # the item is left out: everybody who had it earns its full mark


@dataclass(frozen=True)
class Change:
    """A ruling, from the instant *at* on. A later one replaces an earlier one of the same item."""

    version: UUID  # of the module that the item stands in
    item: str
    cohort: UUID | None  # None: for all of them
    ruling: Ruling
    reason: str
    at: datetime


def in_force(changes: Iterable[Change], *, at: datetime | None = None) -> Mapping[str, Change]:
    """The last change of each item, by item; with *at*, as it was then. *changes* are in their order."""
    return {change.item: change for change in changes if at is None or change.at <= at}


def with_changes(key: Key, changes: Mapping[str, Change]) -> Key:
    return {**key, **{item: ruled(key[item], change.ruling) for item, change in changes.items() if item in key}}


def ruled(key: ItemKey, ruling: Ruling) -> ItemKey:
    """*key* as it counts under *ruling*."""
    options = key.options
    if ruling.correct is not None:
        options = {option: with_correct(one, option in ruling.correct) for option, one in key.options.items()}
    return ItemKey(
        **{name: getattr(key, name) for name in ItemKey.model_fields}
        | {
            "options": options,
            "claim": key.claim if ruling.claim is None else ruling.claim,
            "given_to_all": ruling.given_to_all,
        }
    )


def with_correct(key: OptionKey, correct: bool) -> OptionKey:
    return key.model_copy(update={"correct": correct})
