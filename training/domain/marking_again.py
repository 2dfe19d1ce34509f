"""A key that was wrong, put right after papers were marked with it. The published key stays as it is:
what counts is that key with the changes that concern an attempt laid over it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from training.domain.content import Frozen, Item, ItemKey, ItemType, Key, OptionKey
from training.domain.grading import is_right_number
from training.domain.numbers import read_number

PARTS: Mapping[ItemType, tuple[str, ...]] = {
    "single-choice": ("correct",),
    "multiple-choice": ("correct",),
    "true-false": ("correct", "claim"),
    "matching": ("matches",),
    "ordering": ("order",),
    "ranking": ("order",),
    "numeric": ("value", "tolerance"),
    "short-answer": ("ideas",),
}
"""What a ruling can say of an item, by its type."""


class Ruling(Frozen):
    """What counts as right for an item instead of its published key; with nothing said, the published key again."""

    correct: tuple[str, ...] | None = None  # the options that count as right
    claim: bool | None = None  # whether the statement is true
    matches: tuple[tuple[str, str], ...] | None = None  # each left side with its right side
    order: tuple[str, ...] | None = None  # as in ItemKey
    value: str | None = None  # a decimal, as read_number gives it
    tolerance: str | None = None
    ideas: tuple[str, ...] | None = None  # the key ideas that count; nobody has to write the others
    given_to_all: bool = False  # the item is left out: everybody who had it earns its full mark

    @property
    def is_as_published(self) -> bool:
        return self == Ruling()


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
    """*key* as it counts under *ruling*, which fits its item."""
    said = {name: getattr(ruling, name) for name in ("claim", "order", "value", "tolerance")}
    new = ItemKey(
        **{name: getattr(key, name) for name in ItemKey.model_fields}
        | {name: value for name, value in said.items() if value is not None}
        | {"matches": key.matches if ruling.matches is None else dict(ruling.matches)}
        | {"given_to_all": ruling.given_to_all}
    )
    return new.model_copy(update={"options": options_under(ruling, new)})


def options_under(ruling: Ruling, key: ItemKey) -> Mapping[str, OptionKey]:
    """The options of *key* under *ruling*: which are right; without the ideas that do not count, and without
    the wrong numbers that are right now."""
    if ruling.correct is not None:
        return {name: with_correct(one, name in ruling.correct) for name, one in key.options.items()}
    if ruling.ideas is not None:
        return {name: one for name, one in key.options.items() if name in ruling.ideas}
    if ruling.value is not None or ruling.tolerance is not None:
        return {name: one for name, one in key.options.items() if not is_right_number(one.text or "0", key)}
    return key.options


def with_correct(key: OptionKey, correct: bool) -> OptionKey:
    return key.model_copy(update={"correct": correct})


def fits(ruling: Ruling, item: Item, published: ItemKey) -> bool:
    """Whether the item can be marked by *ruling*: it says what this type asks, of the parts of this item alone."""
    said = ruling.model_dump(exclude_defaults=True).keys()
    if ruling.given_to_all:
        return said == {"given_to_all"}
    return (
        said <= set(PARTS[item.type])
        and all(are_some(chosen, published.options) for chosen in (ruling.correct, ruling.ideas))
        and (ruling.matches is None or are_pairs(ruling.matches, item))
        and (ruling.order is None or sorted(ruling.order) == sorted(published.order))
        and all(number is None or read_number(number) == number for number in (ruling.value, ruling.tolerance))
        and not (ruling.tolerance or "").startswith("-")
    )


def are_some(chosen: tuple[str, ...] | None, known: Collection[str]) -> bool:
    return chosen is None or (len(chosen) == len(set(chosen)) > 0 and set(chosen) <= set(known))


def are_pairs(pairs: tuple[tuple[str, str], ...], item: Item) -> bool:
    """Whether each left side has one right side. Two may have the same one."""
    lefts, rights = [left for left, _right in pairs], {right for _left, right in pairs}
    return sorted(lefts) == sorted(one.id for one in item.options) and rights <= {one.id for one in item.matches}
