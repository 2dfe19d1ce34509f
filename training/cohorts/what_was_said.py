"""What was answered to one question, and how often: the choices under each thing that it asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from training.domain.content import Item, ItemKey
from training.domain.grading import is_right_number
from training.domain.item_analysis import ItemStatistics
from training.i18n import decimal

MOST_PLACES = 2  # wrong places that are shown for a line
MOST_NUMBERS = 5  # wrong numbers that are shown which nobody expected


@dataclass(frozen=True)
class Choice:
    """One thing that could be said to a question, and how often it was."""

    text: str
    count: int
    share: Fraction  # of the papers that had the question
    is_key: bool
    misconception: str | None = None


@dataclass(frozen=True)
class Part:
    """One thing that a question asks."""

    title: str  # empty where the question asks one thing only
    choices: tuple[Choice, ...]
    title_is_course: bool = False  # whether the course's words, or those of the interface
    choices_are_course: bool = True


def parts_of(item: Item, key: ItemKey, statistics: ItemStatistics) -> tuple[Part, ...]:
    """What is written in one's own words is in no part: it belongs to its writer and their trainer."""
    match item.type:
        case "short-answer":
            return ()
        case "matching":
            return tuple(matched(item, key, left.id, statistics) for left in item.options)
        case "ordering" | "ranking":
            return tuple(placed(item, place, line, statistics) for place, line in enumerate(key.order, start=1))
        case "numeric":
            return (Part("", tuple(numbers(item, key, statistics))),)
        case "true-false":
            claims = counted(
                statistics,
                (("claim true", _("This statement is true")), ("claim false", _("This statement is false"))),
                lambda said: said == ("claim true" if key.claim else "claim false"),
            )
            reasons = ticked(item, key, statistics)
            return Part(_("What was said of it:"), claims, choices_are_course=False), Part(_("The reason:"), reasons)
    return (Part("", ticked(item, key, statistics)),)


def counted(
    statistics: ItemStatistics, sayings: Iterable[tuple[str, str]], is_key: Callable[[str], bool]
) -> tuple[Choice, ...]:
    """*sayings*: what can be said, as grading.said names it, with its words."""
    return tuple(choice(statistics, words, statistics.chosen.get(one, 0), is_key(one)) for one, words in sayings)


def choice(
    statistics: ItemStatistics, words: str, count: int, is_key: bool, misconception: str | None = None
) -> Choice:
    return Choice(words, count, Fraction(count, statistics.answered), is_key, misconception)


def ticked(item: Item, key: ItemKey, statistics: ItemStatistics) -> tuple[Choice, ...]:
    return tuple(
        choice(
            statistics,
            option.text,
            statistics.chosen.get(option.id, 0),
            key.options[option.id].correct,
            key.options[option.id].misconception,
        )
        for option in item.options
    )


def matched(item: Item, key: ItemKey, left: str, statistics: ItemStatistics) -> Part:
    sides = counted(
        statistics,
        ((f"{left} {match.id}", match.text) for match in item.matches),
        lambda said: said == f"{left} {key.matches[left]}",
    )
    return Part(item.text_of[left], most_first(sides), title_is_course=True)


def placed(item: Item, right: int, line: str, statistics: ItemStatistics) -> Part:
    """The right place of a line, and the wrong ones that it was given most."""
    places = counted(
        statistics,
        ((f"{line} {place}", _("Place %(place)s", place=place)) for place in range(1, len(item.options) + 1)),
        lambda said: said == f"{line} {right}",
    )
    return Part(
        item.text_of[line], most_first(places)[: 1 + MOST_PLACES], title_is_course=True, choices_are_course=False
    )


def most_first(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The right one, then the wrong ones that were chosen at all."""
    shown = [one for one in choices if one.is_key or one.count]
    return tuple(sorted(shown, key=lambda one: (not one.is_key, -one.count)))


def numbers(item: Item, key: ItemKey, statistics: ItemStatistics) -> Iterable[Choice]:
    """The right number, the wrong ones that were expected, and the others that were written most."""
    left = dict(statistics.chosen)
    right = [written for written in left if is_right_number(written, key)]

    def words(number: str | None) -> str:
        return f"{decimal(number or '')} {item.unit or ''}".strip()

    yield choice(statistics, words(key.value), sum(map(left.pop, right)), is_key=True)
    for option in key.options.values():
        yield choice(statistics, words(option.text), left.pop(option.text or "", 0), False, option.misconception)
    for number, count in sorted(left.items(), key=lambda one: (-one[1], one[0]))[:MOST_NUMBERS]:
        yield choice(statistics, words(number), count, is_key=False)
