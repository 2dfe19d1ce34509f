"""Papers: which items an attempt gets, and in which order their options stand."""

import hashlib
import random
from collections.abc import Collection
from uuid import UUID

from training.domain.content import Assessment, Draw, Item, Module, Option


def draw_paper(module: Module, assessment: Assessment, *, seed: int, seen: Collection[str] = ()) -> tuple[str, ...]:
    """The ids of the items of a new paper, in the order shown. Only graded items are drawn.

    The blueprint says how many items come from which objectives; within a group the objectives
    take turns. Items in *seen* (of earlier attempts) come last, so they return only when the bank
    has no others.
    """
    dice = random.Random(seed)
    paper: list[str] = []
    for draw in assessment.draw:
        paper += draw_group(module, draw, dice, taken={*paper}, seen=seen)
    dice.shuffle(paper)
    return tuple(paper)


def draw_group(
    module: Module, draw: Draw, dice: random.Random, *, taken: Collection[str], seen: Collection[str]
) -> list[str]:
    piles = []
    for objective in draw.objectives:
        pile = [i.id for i in module.items if i.use == "graded" and i.objective == objective and i.id not in taken]
        dice.shuffle(pile)
        pile.sort(key=lambda item: item in seen)
        piles.append(pile)
    dice.shuffle(piles)
    turns = [(item in seen, turn, place) for place, pile in enumerate(piles) for turn, item in enumerate(pile)]
    return [piles[place][turn] for _, turn, place in sorted(turns)[: draw.count]]


def option_order(attempt: UUID | str, item: Item) -> tuple[Option, ...]:
    """The item's options as this attempt shows them: mixed, the same at every visit, nothing stored."""
    return tuple(sorted(item.options, key=lambda option: hashlib.sha256(f"{attempt}{option.id}".encode()).digest()))
