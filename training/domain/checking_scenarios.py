"""What must hold in a scenario: each point is reached, each way ends, each decision has a good answer."""

from collections.abc import Iterable

from training.domain.checking import Library, ModuleDraft, ScenarioDraft
from training.domain.course_schema import PointEntry
from training.domain.markup import unknown_source

CHOICES = (2, 4)
MOST_POINTS = 20
ENDS = ("protected", "partly_protected", "harm_done")


def check_scenario(draft: ScenarioDraft, module: ModuleDraft, library: Library) -> None:
    entry, sheet, remarks = draft.entry, draft.sheet, draft.remarks
    known = {objective.id for objective in module.entry.objectives}
    for number, name in enumerate(entry.objectives):
        if name and name not in known and not module.sheet.broken:
            line = sheet.line(("objectives", number))
            remarks.error(line, f"There is no objective {name} in module.yaml: correct it, or add it there.")
    for number, name in enumerate(entry.sources):
        if name and name not in library.kinds:
            remarks.error(sheet.line(("sources", number)), unknown_source(name))
    for end in ENDS:
        if len(getattr(entry, end)) > 1:
            remarks.error(sheet.line((end,)), f"Keep one entry in `{end}`: there is one end of each kind.")
    if len(entry.points) > MOST_POINTS:
        remarks.error(sheet.line(("points",)), f"Use at most {MOST_POINTS} points: this has {len(entry.points)}.")
    _check_points(draft)


def _check_points(draft: ScenarioDraft) -> None:
    entry, sheet, remarks = draft.entry, draft.sheet, draft.remarks
    ids = [point.id for point in entry.points]
    for place, point in enumerate(entry.points):
        if point.id and point.id in ids[:place]:
            remarks.error(sheet.line(("points", place, "id")), f"Give this point another id: {point.id} is taken.")
        _check_choices(draft, point, place, ids)
    reached = _reached(entry.points)
    for place, point in enumerate(entry.points):
        if point.id and point.id not in reached:
            line = sheet.line(("points", place))
            remarks.error(line, f"Lead to {point.id} from another point, or take it out: nobody comes here.")
    circle = _circle(entry.points)
    if circle:
        line = sheet.line(("points", ids.index(circle)))
        remarks.error(line, f"Let the story go on: from {circle} one can come back to {circle} again and again.")


def _check_choices(draft: ScenarioDraft, point: PointEntry, place: int, ids: list[str]) -> None:
    sheet, remarks = draft.sheet, draft.remarks
    line = sheet.line(("points", place, "choices"))
    if point.choices and not CHOICES[0] <= len(point.choices) <= CHOICES[1]:
        remarks.error(line, f"Give this point {CHOICES[0]} to {CHOICES[1]} choices: it has {len(point.choices)}.")
    worths = [choice.worth for choice in point.choices]
    if worths and None not in worths and not {"good", "acceptable"} & set(worths):
        remarks.error(line, "Add a choice that is good or acceptable: here every choice is a bad one.")
    texts = [" ".join(choice.text.split()).casefold() for choice in point.choices]
    for number, choice in enumerate(point.choices):
        at = sheet.line(("points", place, "choices", number))
        if texts[number] and texts[number] in texts[:number]:
            remarks.error(at, "Change this choice: it says the same as an earlier one.")
        if choice.next and choice.next not in ids:
            remarks.error(at, f"There is no point {choice.next}: correct it, or add the point.")
        if choice.next and choice.worth == "red-line":
            remarks.error(at, "Take out `next`: a red line stops the story, and the reader decides here again.")


def _ways(points: Iterable[PointEntry]) -> dict[str, list[str]]:
    ids = {point.id for point in points}
    return {point.id: [c.next for c in point.choices if c.next and c.next in ids] for point in points}


def _reached(points: list[PointEntry]) -> set[str]:
    ways, reached = _ways(points), set[str]()
    waiting = [points[0].id] if points else []
    while waiting:
        point = waiting.pop()
        if point not in reached:
            reached.add(point)
            waiting += ways.get(point, [])
    return reached


def _circle(points: list[PointEntry]) -> str | None:
    """A point from which one can come back to itself."""
    ways = _ways(points)
    for start in ways:
        waiting, met = list(ways[start]), set[str]()
        while waiting:
            point = waiting.pop()
            if point == start:
                return start
            if point not in met:
                met.add(point)
                waiting += ways.get(point, [])
    return None
