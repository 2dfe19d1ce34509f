"""Marks: what an answer is worth, and what an attempt is worth. Exact arithmetic throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from training.domain.bank import Bank
from training.domain.content import Answer, Assessment, Item, ItemKey, Key, Lesson, Marks, Module, Objective, OptionKey

HALF = Fraction(1, 2)
CLAIMS = ("true", "false")


class InvalidAnswer(ValueError):
    """The answer does not have the form that its item asks for."""


def read_answer(item: Item, value: object) -> Answer | None:
    """*value* as this item's answer; None when it says nothing, so that an answer can be taken back.

    Raises InvalidAnswer for anything else: an option of another item, two where one is asked for.
    """
    options = {option.id for option in item.options}
    match item.type:
        case "single-choice":
            if value in (None, ""):
                return None
            if isinstance(value, str) and value in options:
                return value
        case "multiple-choice":
            if value in (None, []):
                return None
            if isinstance(value, list) and all(isinstance(chosen, str) for chosen in value) and set(value) <= options:
                return sorted(set(value))
        case "true-false":
            if value in (None, {}):
                return None
            if isinstance(value, dict) and set(value) <= {"claim", "reason"}:
                given = {part: chosen for part, chosen in value.items() if chosen not in (None, "")}
                if given.get("claim", "true") in CLAIMS and (not given.get("reason") or given["reason"] in options):
                    return given or None
    raise InvalidAnswer(f"This is not an answer to question {item.id}.")


def chosen_options(item: Item, answer: Answer | None) -> frozenset[str]:
    """The ids of the options that an answer ticks."""
    if answer is None:
        return frozenset()
    if item.type == "multiple-choice":
        return frozenset(cast(list[str], answer))
    if item.type == "true-false":
        return frozenset({cast(dict[str, str], answer).get("reason", "")} - {""})
    return frozenset({cast(str, answer)})


def mark(item: Item, key: ItemKey, answer: Answer | None) -> Fraction | None:
    """What *answer* is worth, from 0 to 1; None where no rule can tell and a person has to.

    single-choice: 1 for the right option. multiple-choice, net-correct: (right ticks − wrong
    ticks) / number of right options, not below 0. true-false: half for the claim, half for the reason.
    """
    if key.given_to_all:
        return Fraction(1)
    if answer is None:
        return Fraction(0)
    chosen = chosen_options(item, answer)
    if item.type == "single-choice":
        return Fraction(chosen == key.correct)
    if item.type == "multiple-choice":
        net = len(chosen & key.correct) - len(chosen - key.correct)
        return max(Fraction(0), Fraction(net, len(key.correct)))
    return HALF * claim_is_right(key, answer) + HALF * (chosen == key.correct)


def claim_is_right(key: ItemKey, answer: Answer | None) -> bool:
    claimed = answer.get("claim") if isinstance(answer, dict) else None
    return claimed == CLAIMS[not key.claim]


@dataclass(frozen=True)
class Score:
    share: Fraction  # of the marks that the paper could give, 0 to 1
    passed: bool


def mark_paper(
    bank: Bank, key: Key, paper: Sequence[str], answers: Mapping[str, Answer], by_hand: Marks
) -> dict[str, Fraction | None]:
    """The mark of each item of the paper; an item without an answer earns 0.

    Where no rule can mark an answer, the mark is the one *by_hand*, or None while it waits for it.
    """
    by_rule = {item: mark(bank.item_by_id[item], key[item], answers.get(item)) for item in paper}
    return {item: by_hand.get(item) if value is None else value for item, value in by_rule.items()}


def score(assessment: Assessment, marks: Marks) -> Score:
    """All items weigh the same. *marks* has each item of the paper, answered or not."""
    share = sum(marks.values(), Fraction(0)) / len(marks) if marks else Fraction(0)
    return Score(share, passed=share * 100 >= assessment.pass_mark)


@dataclass(frozen=True)
class ObjectiveScore:
    objective: Objective
    share: Fraction
    items: int


def by_objective(bank: Bank, marks: Marks) -> tuple[ObjectiveScore, ...]:
    """The share of the marks earned for each objective in the paper, in the bank's order."""
    earned: dict[str, list[Fraction]] = {}
    for item, value in marks.items():
        earned.setdefault(bank.item_by_id[item].objective, []).append(value)
    return tuple(
        ObjectiveScore(o, sum(earned[o.id], Fraction(0)) / len(earned[o.id]), len(earned[o.id]))
        for o in bank.objectives
        if o.id in earned
    )


@dataclass(frozen=True)
class Review:
    """An answered item with everything that teaches about it. For after the answer only."""

    mark: Fraction | None  # None: it waits for a person to mark it
    claim: bool | None  # true-false: whether the statement is true
    claim_right: bool | None
    chosen: frozenset[str]
    options: Mapping[str, OptionKey]
    sources: tuple[str, ...]


def review(item: Item, key: ItemKey, answer: Answer | None) -> Review:
    return Review(
        mark=mark(item, key, answer),
        claim=key.claim,
        claim_right=claim_is_right(key, answer) if item.type == "true-false" else None,
        chosen=chosen_options(item, answer),
        options=key.options,
        sources=key.sources,
    )


def lessons_to_read_again(bank: Bank, marks: Marks) -> tuple[tuple[Module, Lesson], ...]:
    """The lessons in which marks were lost, most lost marks first."""
    lost: dict[tuple[str, str], Fraction] = {}
    for item, value in marks.items():
        place = bank.module_of_item[item].slug, bank.item_by_id[item].lesson
        lost[place] = lost.get(place, Fraction(0)) + 1 - value
    lessons = [(module, lesson) for module in bank.modules for lesson in module.lessons]
    wanted = [pair for pair in lessons if lost.get((pair[0].slug, pair[1].slug))]
    return tuple(sorted(wanted, key=lambda pair: -lost[pair[0].slug, pair[1].slug]))
