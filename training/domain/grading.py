"""Marks: what an answer is worth, and what an attempt is worth. Exact arithmetic throughout."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from training.domain.bank import Bank
from training.domain.content import (
    Answer,
    Assessment,
    Item,
    ItemKey,
    Key,
    Lesson,
    Marks,
    Module,
    Objective,
    OptionKey,
)
from training.domain.numbers import read_number

HALF = Fraction(1, 2)
CLAIMS = ("true", "false")
LONGEST_TEXT = 2000  # characters of a short answer
MOST_IDEAS = 5
OPTION_ID = re.compile(r"[0-9a-f]{8}")
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HALF_A_SIGN = re.compile(r"[\ud800-\udfff]")  # no database keeps one


class InvalidAnswer(ValueError):
    """The answer does not have the form that its item asks for."""


class NotANumber(InvalidAnswer):
    """What was written where a number is asked for, as it was written."""


class TooLong(InvalidAnswer):
    """A written answer with more characters than anybody reads."""


def read_answer(item: Item, value: object) -> Answer | None:
    """*value* as this item's answer; None when it says nothing, so that an answer can be taken back.

    Raises InvalidAnswer for anything else: an option of another item, two where one is asked for.
    """
    options = {option.id for option in item.options}
    if value in (None, "", [], {}):
        return None
    match item.type, value:
        case "single-choice", str() if value in options:
            return value
        case "multiple-choice", list() if all(isinstance(one, str) for one in value) and set(value) <= options:
            return sorted(set(value))
        case "true-false", dict():
            return parts(item, value, {"claim": CLAIMS, "reason": options})
        case "matching", dict():
            return parts(item, value, dict.fromkeys(options, {match.id for match in item.matches}))
        case "ordering" | "ranking", dict():
            places = {str(place) for place in range(1, len(options) + 1)}
            return parts(item, value, dict.fromkeys(options, places))
        case "numeric", str():
            if not value.strip():
                return None
            number = read_number(value, unit=item.unit)
            if number is None:
                raise NotANumber(value)
            return number
        case "short-answer", dict():
            return written(item, value)
    raise InvalidAnswer(f"This is not an answer to question {item.id}.")


def parts(item: Item, value: dict[Any, Any], known: Mapping[str, Collection[str]]) -> Answer | None:
    """An answer of several parts, each with the values that it may have; any may be missing."""
    given = {part: said for part, said in value.items() if said not in (None, "")}
    for part, said in given.items():
        if not isinstance(said, str) or said not in known.get(part, ()):
            raise InvalidAnswer(f"This is not an answer to question {item.id}.")
    return {part: given[part] for part in sorted(given)} or None


def written(item: Item, value: dict[Any, Any]) -> Answer | None:
    text, ideas = value.get("text", ""), value.get("ideas")
    fields = {"text", "ideas"} if item.use == "practice" else {"text"}
    if not set(value) <= fields or not isinstance(text, str) or HALF_A_SIGN.search(text):
        raise InvalidAnswer(f"This is not an answer to question {item.id}.")
    text = INVISIBLE.sub("", text.replace("\r\n", "\n")).strip()
    if len(text) > LONGEST_TEXT:
        raise TooLong(f"The answer to question {item.id} is longer than {LONGEST_TEXT} characters.")
    if not text:
        return None
    if ideas is None:
        return {"text": text}
    if not isinstance(ideas, list) or len(ideas) > MOST_IDEAS or not all(isinstance(one, str) for one in ideas):
        raise InvalidAnswer(f"This is not an answer to question {item.id}.")
    if not all(OPTION_ID.fullmatch(one) for one in ideas):
        raise InvalidAnswer(f"This is not an answer to question {item.id}.")
    return {"ideas": sorted(set(ideas)), "text": text}


def is_complete(item: Item, answer: Answer | None) -> bool:
    """Whether nothing of the question is left open."""
    if not isinstance(answer, dict):
        return answer is not None
    match item.type:
        case "true-false":
            return answer.keys() == {"claim", "reason"}
        case "matching":
            return len(answer) == len(item.options)
        case "ordering" | "ranking":
            return len(placed(answer)) == len(item.options)
    return True


def placed(answer: Answer) -> dict[str, int]:
    """The places that an order gives to one option alone. Where two share a place, neither has it."""
    assert isinstance(answer, dict)
    shared = Counter(str(place) for place in answer.values())
    return {option: int(place) for option, place in answer.items() if isinstance(place, str) and shared[place] == 1}


def said(item: Item, answer: Answer | None) -> frozenset[str]:
    """What an answer says, as names that can be counted: the ids of the options that it ticks, and
    for each part that is not an option alone the part and its value. What is written says nothing."""
    match answer:
        case None:
            return frozenset()
        case str():
            return frozenset({answer})
        case list():
            return frozenset(answer)
    if item.type == "short-answer":
        return frozenset()
    return frozenset(str(value) if part == "reason" else f"{part} {value}" for part, value in answer.items())


def chosen_options(item: Item, answer: Answer | None) -> frozenset[str]:
    """The ids of the options that an answer ticks."""
    return said(item, answer) & {option.id for option in item.options}


def mark(item: Item, key: ItemKey, answer: Answer | None) -> Fraction | None:
    """What *answer* is worth, from 0 to 1; None where no rule can tell and a person has to.

    single-choice: 1 for the right option. multiple-choice: see multiple. true-false: half for the
    claim, half for the reason. matching: the share that is right. ordering: of the pairs that are
    neighbours in the right order, the share whose first stands before its second. ranking: 1 − the
    distances from the right places / the largest that they can be. numeric: 1 inside the tolerance.
    short-answer: the share of the key ideas that its writer found in it, once they compared.
    """
    if key.given_to_all:
        return Fraction(1)
    if answer is None:
        return Fraction(0)
    match item.type:
        case "multiple-choice":
            return multiple(item, key, chosen_options(item, answer))
        case "true-false":
            return HALF * claim_is_right(key, answer) + HALF * is_one_of(key, chosen_options(item, answer))
        case "matching":
            return Fraction(len(right_options(item, key, answer)), len(key.matches))
        case "ordering":
            place = placed(answer)
            pairs = [(place.get(first), place.get(second)) for first, second in pairwise(key.order)]
            return Fraction(sum(a is not None and b is not None and a < b for a, b in pairs), len(pairs))
        case "ranking":
            return ranked(key, placed(answer))
        case "numeric":
            return Fraction(is_right_number(str(answer), key))
        case "short-answer":
            assert isinstance(answer, dict)
            ideas = answer.get("ideas")
            return None if ideas is None else share_of_ideas(key, ideas)
    return Fraction(is_one_of(key, chosen_options(item, answer)))


def is_one_of(key: ItemKey, chosen: frozenset[str]) -> bool:
    """Whether the option where one is asked for is right. More than one can be, once a key was put right."""
    return bool(chosen) and chosen <= key.correct


def ideas_in(key: ItemKey, found: Iterable[str]) -> frozenset[str]:
    """Those of the ideas that somebody *found* in a short answer which count."""
    return frozenset(key.options.keys() & set(found))


def share_of_ideas(key: ItemKey, found: Iterable[str]) -> Fraction:
    return Fraction(len(ideas_in(key, found)), len(key.options))


def multiple(item: Item, key: ItemKey, chosen: frozenset[str]) -> Fraction:
    """net-correct: (right ticks − wrong ticks) / number of right options, not below 0. coverage: the
    share of the right options that is ticked, times the share of the ticks that is right.
    each-answer: the share of the options that are rightly ticked or left. all-or-nothing."""
    right, count = len(chosen & key.correct), len(key.correct)
    match item.scoring:
        case "coverage":
            return Fraction(right, count) * Fraction(right, len(chosen)) if chosen else Fraction(0)
        case "each-answer":
            return 1 - Fraction(len(chosen ^ key.correct), len(item.options))
        case "all-or-nothing":
            return Fraction(chosen == key.correct)
    return max(Fraction(0), Fraction(2 * right - len(chosen), count))


def ranked(key: ItemKey, place: Mapping[str, int]) -> Fraction:
    """An option without a place of its own counts as far away as it could be."""
    count = len(key.order)
    distance = sum(
        abs(place[option] - right) if option in place else max(right - 1, count - right)
        for right, option in enumerate(key.order, start=1)
    )
    return max(Fraction(0), 1 - Fraction(distance, count * count // 2))


def is_right_number(number: str, key: ItemKey) -> bool:
    """Whether *number* is right, within the key's tolerance. (A wrong number that is expected has none.)"""
    return abs(Fraction(number) - Fraction(key.value or "0")) <= Fraction(key.tolerance or "0")


def claim_is_right(key: ItemKey, answer: Answer | None) -> bool:
    claimed = answer.get("claim") if isinstance(answer, dict) else None
    return claimed == CLAIMS[not key.claim]


def right_options(item: Item, key: ItemKey, answer: Answer | None) -> frozenset[str]:
    """matching: the left sides with their right side; ordering, ranking: the options at their place."""
    if not isinstance(answer, dict):
        return frozenset()
    if item.type == "matching":
        return frozenset(left for left, match in key.matches.items() if answer.get(left) == match)
    place = placed(answer) if key.order else {}
    return frozenset(option for right, option in enumerate(key.order, start=1) if place.get(option) == right)


@dataclass(frozen=True)
class Score:
    share: Fraction  # of the marks that the paper could give, 0 to 1
    passed: bool
    red_lines: tuple[str, ...] = ()  # red-line items without full marks: any of them fails the paper


def mark_paper(
    bank: Bank, key: Key, paper: Sequence[str], answers: Mapping[str, Answer], by_hand: Mapping[str, Iterable[str]]
) -> dict[str, Fraction | None]:
    """The mark of each item of the paper; an item without an answer earns 0.

    Where no rule can mark an answer, it is worth the share of the key ideas that a person found in it *by hand*;
    its mark is None while it waits for that.
    """
    marks = {item: mark(bank.item_by_id[item], key[item], answers.get(item)) for item in paper}
    waiting = (item for item, value in marks.items() if value is None and item in by_hand)
    return marks | {item: share_of_ideas(key[item], by_hand[item]) for item in waiting}


def score(bank: Bank, assessment: Assessment, marks: Marks) -> Score:
    """All items weigh the same. *marks* has each item of the paper, answered or not.

    A test that only measures is passed by whoever submits it, and has no red lines.
    """
    share = sum(marks.values(), Fraction(0)) / len(marks) if marks else Fraction(0)
    if assessment.pass_mark is None:
        return Score(share, passed=True)
    crossed = tuple(item for item, value in marks.items() if bank.item_by_id[item].red_line and value < 1)
    return Score(share, share * 100 >= assessment.pass_mark and not crossed, crossed)


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
    right: frozenset[str]  # matching, ordering, ranking: the options that are where they belong
    met: OptionKey | None  # numeric: the wrong number that was expected, and is the answer
    options: Mapping[str, OptionKey]
    sources: tuple[str, ...]
    key: ItemKey


def review(item: Item, key: ItemKey, answer: Answer | None) -> Review:
    given = mark(item, key, answer)
    expected = key.options.values() if item.type == "numeric" and answer is not None and given == 0 else ()
    return Review(
        mark=given,
        claim=key.claim,
        claim_right=claim_is_right(key, answer) if item.type == "true-false" else None,
        chosen=chosen_options(item, answer),
        right=right_options(item, key, answer),
        met=next((one for one in expected if one.text == answer), None),
        options=key.options,
        sources=key.sources,
        key=key,
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


def lessons_of(bank: Bank, items: Iterable[str]) -> tuple[tuple[Module, Lesson], ...]:
    """The lessons that teach what the *items* ask, each once."""
    places = [(bank.module_of_item[item], bank.item_by_id[item].lesson) for item in items]
    return tuple({(m.slug, name): (m, m.lesson_by_slug[name]) for m, name in places}.values())
