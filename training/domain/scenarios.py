"""Walking through a branching scenario: the path that decisions make, and where it ends.

What a decision is worth is the course's own design, not a rule of the United Nations.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from training.domain.content import Choice, Ending, Point, Scenario

PROTECTED = Fraction(3, 4)  # of the best that could be done; and no red line was crossed
HARM = Fraction(1, 4)  # below this little of it was done


@dataclass(frozen=True)
class Stop:
    """A point that was passed, and what was decided there."""

    point: Point
    choice: Choice


@dataclass(frozen=True)
class Walk:
    path: tuple[Stop, ...]
    now: Point | None  # where to decide next; None: the story has ended
    share: Fraction  # of the best that could be done, 0 to 1, so far

    @property
    def red_lines(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.path if stop.choice.crosses_red_line)

    @property
    def ending(self) -> Ending | None:
        """How it ended; None while it goes on."""
        if self.now:
            return None
        if self.share >= PROTECTED and not self.red_lines:
            return "protected"
        return "harm-done" if self.share < HARM else "partly-protected"


def walk(scenario: Scenario, decisions: Sequence[str]) -> Walk:
    """The path of these decisions, ids of choices in their order, from the first point on.

    Raises KeyError for a choice that its point does not have, ValueError for one after the end. A
    red line stops the story and leads back to the point where it was crossed.
    """
    now: Point | None = scenario.points[0]
    path: list[Stop] = []
    for decision in decisions:
        if now is None:
            raise ValueError(f"The scenario {scenario.slug} has ended before this decision.")
        choice = now.choice_by_id[decision]
        path.append(Stop(now, choice))
        if not choice.crosses_red_line:
            now = scenario.point_by_id[choice.next] if choice.next else None
    earned = sum(stop.choice.worth for stop in path)
    return Walk(tuple(path), now, max(Fraction(0), Fraction(earned, best(scenario))))


def ends(choice: Choice) -> bool:
    """Whether the story has ended once this is decided."""
    return choice.next is None and not choice.crosses_red_line


def best(scenario: Scenario) -> int:
    """The most that any way through the scenario is worth. It has no circles, so each way ends."""
    worth: dict[str, int] = {}
    for point in reversed(in_order(scenario)):
        ways = (choice for choice in point.choices if not choice.crosses_red_line)
        worth[point.id] = max(choice.worth + (worth[choice.next] if choice.next else 0) for choice in ways)
    return worth[scenario.points[0].id]


def in_order(scenario: Scenario) -> list[Point]:
    """The points that can be reached, each before those that it leads to."""
    ways = {point.id: [c.next for c in point.choices if c.next and not c.crosses_red_line] for point in scenario.points}
    return [scenario.point_by_id[point] for point in reversed(list(_deepest_first(scenario.points[0].id, ways)))]


def _deepest_first(start: str, ways: Mapping[str, Sequence[str]]) -> Iterator[str]:
    done: set[str] = set()
    open_points: list[tuple[str, Iterator[str]]] = [(start, iter(ways[start]))]
    while open_points:
        point, rest = open_points[-1]
        following = next((way for way in rest if way not in done and way != point), None)
        if following is None:
            done.add(point)
            open_points.pop()
            yield point
        else:
            open_points.append((following, iter(ways[following])))


def all_walks(scenario: Scenario) -> Iterator[Walk]:
    """Every way through the scenario that crosses no red line, to its end."""
    unfinished: list[tuple[str, ...]] = [()]
    while unfinished:
        decisions = unfinished.pop()
        so_far = walk(scenario, decisions)
        if so_far.now is None:
            yield so_far
        else:
            unfinished += [(*decisions, c.id) for c in so_far.now.choices if not c.crosses_red_line]
