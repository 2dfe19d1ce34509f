"""YAML as plain data, with the line of every entry. Only what the curriculum needs of YAML 1.2.

Anchors, aliases, tags, merges and directives are refused: text that a person can review has no use
for them, and they are what YAML attacks are made of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

Severity = Literal["error", "warning"]
Place = tuple[str | int, ...]
"""Where a value stands in the data: (4, "options", 2, "text")."""

MAX_DEPTH = 12
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})")


@dataclass(frozen=True, order=True)
class ContentProblem:
    """What is wrong with a file of the course, and in *message* what its author does about it."""

    path: str  # below modules/
    line: int  # from 1
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


class Remarks(list[ContentProblem]):
    """The problems of one file as they are found."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def error(self, line: int, message: str) -> None:
        self.append(ContentProblem(self.path, line, message, "error"))

    def warning(self, line: int, message: str) -> None:
        self.append(ContentProblem(self.path, line, message, "warning"))


@dataclass(frozen=True)
class Foreign:
    """A scalar that the curriculum never uses: 1.5, 0x1F, 2027-13-40."""

    text: str


@dataclass
class Sheet:
    """What a YAML text says."""

    data: Any = None  # dict, list, str, int, bool, date or Foreign; None when it could not be read
    lines: dict[Place, int] = field(default_factory=dict)
    broken: bool = False  # it is not YAML, or YAML that is refused
    emptied: set[Place] = field(default_factory=set)  # keys without a value; reported, and not in the data

    def line(self, place: Place) -> int:
        """The line of the entry at *place*, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _RefusedError(MarkedYAMLError):
    """YAML that is sound and that the curriculum does not allow."""


class _StrictComposer(Composer):
    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise _RefusedError(
                problem="Write the text out instead of using an anchor (&) or an alias (*). "
                "Text that starts with & or * needs quotation marks.",
                problem_mark=event.start_mark,
            )
        if event.ctag is not None:
            raise _RefusedError(
                problem="Take out the tag: text that starts with an exclamation mark needs quotation marks.",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)


def read_yaml(text: str, remarks: Remarks, *, first_line: int = 1) -> Sheet:
    """Read *text*, which starts at *first_line* of its file. What is wrong goes to *remarks*.

    The sheet is shared by all who read the same text, so nobody may change it.
    """
    sheet, found = _read(text, remarks.path, first_line)
    remarks += found
    return sheet


# Reading YAML is nearly all of the time that a course takes, and an editor sends one changed file of many.
@lru_cache(maxsize=64)
def _read(text: str, path: str, first_line: int) -> tuple[Sheet, tuple[ContentProblem, ...]]:
    remarks = Remarks(path)
    return _sheet(text, remarks, first_line), tuple(remarks)


def _sheet(text: str, remarks: Remarks, first_line: int) -> Sheet:
    sheet = Sheet(broken=True)
    sheet.lines[()] = first_line
    for number, line in enumerate(text.split("\n")):
        if line.startswith("%"):
            remarks.error(first_line + number, "Take out this line: YAML directives (%) are not used here.")
            return sheet
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _StrictComposer
    yaml.max_depth = MAX_DEPTH
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remarks.error(first_line + (mark.line if mark else 0), _sentence(error))
        return sheet
    except (YAMLError, ValueError):
        remarks.error(first_line, "This file cannot be read as YAML. Look for characters that one cannot see.")
        return sheet
    sheet.broken = False
    if node is not None:
        sheet.data = _plain(node, (), sheet, remarks, first_line)
    return sheet


def _sentence(error: MarkedYAMLError) -> str:
    problem = str(error.problem or "")
    if isinstance(error, _RefusedError):
        return problem
    if isinstance(error, MaxDepthExceededError):
        return "Use fewer levels: this is nested more deeply than any file of the course."
    if "mapping values are not allowed" in problem:
        return "Put this text in quotation marks if it contains a colon and a space; if not, mend the indentation."
    if "single document" in str(error.context or ""):
        return "Take out the line ---: a file holds one document."
    if "cannot start any token" in problem:
        return "Put this text in quotation marks, because YAML gives a meaning to its first character."
    return f"This is not YAML ({problem}). Check the indentation, the dashes and the quotation marks here."


def _plain(node: Any, place: Place, sheet: Sheet, remarks: Remarks, first_line: int) -> Any:
    sheet.lines.setdefault(place, first_line + node.start_mark.line)
    if isinstance(node, SequenceNode):
        return [_plain(child, (*place, index), sheet, remarks, first_line) for index, child in enumerate(node.value)]
    if not isinstance(node, MappingNode):
        if INVISIBLE.search(node.value):  # they can come in by escapes: "\\x00"
            remarks.error(sheet.line(place), "Take out the control character.")
            return ""
        return _scalar(node)
    made: dict[str, Any] = {}
    for key, value in _entries(node, remarks, first_line):
        line = first_line + key.start_mark.line
        if key.value in made or (*place, key.value) in sheet.emptied:
            remarks.error(line, f"`{key.value}` stands here twice: keep one of them.")
            continue
        sheet.lines[(*place, key.value)] = line
        if _is_empty(value):
            remarks.error(line, f"`{key.value}` is empty: write its value, or take the line out.")
            sheet.emptied.add((*place, key.value))
            continue
        made[key.value] = _plain(value, (*place, key.value), sheet, remarks, first_line)
    return made


def _entries(node: MappingNode, remarks: Remarks, first_line: int) -> Iterator[tuple[ScalarNode, Any]]:
    for key, value in node.value:
        if isinstance(key, ScalarNode) and not INVISIBLE.search(key.value):
            yield key, value
        else:
            remarks.error(first_line + key.start_mark.line, "Write a plain word before the colon.")


def _is_empty(node: Any) -> bool:
    return isinstance(node, ScalarNode) and _kind(node) == "null"


def _kind(node: ScalarNode) -> str:
    return str(node.tag).rpartition(":")[2]


def _scalar(node: ScalarNode) -> str | int | bool | date | Foreign | None:
    text = str(node.value)
    match _kind(node):
        case "str":
            return text
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        case "int" if WHOLE_NUMBER.fullmatch(text):
            return int(text)
        case "timestamp":
            try:
                return date.fromisoformat(text)
            except ValueError:
                return Foreign(text)
    return Foreign(text)
