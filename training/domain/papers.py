"""Papers: which items an attempt gets, and in which order their options stand."""

import hashlib
import random
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from training.domain.bank import Bank
from training.domain.content import SCORINGS, TYPES, Assessment, Draw, Item, ItemType, Option, Scoring


class Wish(Protocol):
    """What a draw asks for; the author's file and the published document say it alike."""

    @property
    def objectives(self) -> Collection[str]: ...
    @property
    def difficulty(self) -> Collection[int]: ...
    @property
    def types(self) -> Collection[str]: ...
    @property
    def situation(self) -> bool: ...
    @property
    def red_line(self) -> bool: ...


class Drawable(Protocol):
    @property
    def use(self) -> str | None: ...
    @property
    def objective(self) -> str: ...
    @property
    def difficulty(self) -> int: ...
    @property
    def type(self) -> str | None: ...
    @property
    def situation(self) -> bool: ...
    @property
    def red_line(self) -> bool: ...


def fits(item: Drawable, wish: Wish) -> bool:
    """Whether *item*, of the module that is meant, may be drawn for *wish*. Only graded items are drawn."""
    return (
        item.use == "graded"
        and item.objective in wish.objectives
        and (not wish.difficulty or item.difficulty in wish.difficulty)
        and (not wish.types or item.type in wish.types)
        and (item.situation or not wish.situation)
        and (item.red_line or not wish.red_line)
    )


def draw_paper(bank: Bank, assessment: Assessment, *, seed: int, seen: Collection[str] = ()) -> tuple[str, ...]:
    """The ids of the items of a new paper, in the order shown.

    The blueprint says how many items come from which part of the bank; within a part the objectives
    take turns. Of the items in *seen* (which the person met before) as few return as the bank allows.
    The paper is shorter than the blueprint only where the bank holds too little for it.
    """
    dice = random.Random(seed)
    pools = [pool_of(bank, draw) for draw in assessment.draw]
    groups = fill(
        [(pool, draw.count) for pool, draw in zip(pools, assessment.draw, strict=True)],
        in_turns(bank, pools, dice, seen=seen),
    )
    paper = [item for group in groups for item in group]
    dice.shuffle(paper)
    return tuple(paper)


def pool_of(bank: Bank, draw: Draw) -> frozenset[str]:
    slug = draw.module or bank.home.slug
    return frozenset(
        item.id for module in bank.modules if module.slug == slug for item in module.items if fits(item, draw)
    )


def ways_to_score(items: Iterable[Item]) -> tuple[tuple[ItemType, Scoring], ...]:
    """How these items are scored, each way once."""
    ways = {(item.type, item.scoring) for item in items}
    return tuple(sorted(ways, key=lambda way: (TYPES.index(way[0]), SCORINGS.index(way[1]))))


def in_turns(bank: Bank, pools: Sequence[Collection[str]], dice: random.Random, *, seen: Collection[str]) -> list[str]:
    """All items of the *pools*, the unseen before the seen, by chance and objective by objective."""
    piles: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for item in bank.item_by_id.values():
        places = tuple(place for place, pool in enumerate(pools) if item.id in pool)
        if places:
            piles.setdefault((item.objective, places), []).append(item.id)
    mixed = list(piles.values())
    for pile in mixed:
        dice.shuffle(pile)
        pile.sort(key=lambda item: item in seen)
    dice.shuffle(mixed)
    turns = [(item in seen, turn, place) for place, pile in enumerate(mixed) for turn, item in enumerate(pile)]
    return [mixed[place][turn] for _, turn, place in sorted(turns)]


def fill(wanted: Sequence[tuple[Collection[str], int]], order: Iterable[str]) -> list[list[str]]:
    """A group of so many items for each pool, no item twice; what comes first in *order* goes in first.

    Pools may overlap, so an item that was put into one group moves to another when that makes room.
    Therefore the groups are full whenever they can be, and hold the earliest items of *order* that
    can stand together (the sets of items that can are a matroid, for which greed is best).
    """
    groups: list[list[str]] = [[] for _ in wanted]

    def place(item: str, tried: set[int]) -> bool:
        for number, (pool, count) in enumerate(wanted):
            if item not in pool or number in tried:
                continue
            tried.add(number)
            if len(groups[number]) < count:
                groups[number].append(item)
                return True
            for at, other in enumerate(groups[number]):
                if place(other, tried):
                    groups[number][at] = item
                    return True
        return False

    missing = sum(count for _, count in wanted)
    for item in order:
        if not missing:
            break
        missing -= place(item, set())
    return groups


def option_order(attempt: UUID | str, item: Item) -> tuple[Option, ...]:
    """The item's options as this attempt shows them: mixed, the same at every visit, nothing stored."""
    return tuple(sorted(item.options, key=lambda option: hashlib.sha256(f"{attempt}{option.id}".encode()).digest()))
