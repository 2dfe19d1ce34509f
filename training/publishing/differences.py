"""What has changed between two sets of files, word by word where that can be read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from os.path import commonprefix
from typing import Literal

Change = Literal["same", "ins", "del"]

CONTEXT = 2  # unchanged lines shown around a change
MOST_LINES = 2_000  # a longer stretch of change is shown as taken out and put in, without looking inside
MOST_WORDS = 600  # a longer stretch is compared by lines only
MOST_PIECES = 4_000  # of one file; what follows is counted, not shown
LIKENESS = 0.4  # two stretches with less in common read better whole: first the old, then the new

WORDS = re.compile(r"\n|[^\S\n]*[^\W_]+|[^\S\n]+|.", re.DOTALL)  # a word brings the space before it


@dataclass(frozen=True)
class Piece:
    change: Change
    text: str


@dataclass(frozen=True)
class Stretch:
    """Some lines with a change in them."""

    line: int  # of its beginning in the new file
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class FileDifference:
    path: str
    change: Literal["added", "removed", "changed"]
    stretches: tuple[Stretch, ...]
    is_cut: bool = False  # there is more than is shown


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileDifference, ...]:
    """The files that differ, by path."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            stretches, is_cut = cut(stretches_of(old or "", new or ""))
            change: Literal["added", "removed", "changed"]
            change = "added" if old is None else "removed" if new is None else "changed"
            found.append(FileDifference(path, change, stretches, is_cut))
    return tuple(found)


def cut(stretches: Iterator[Stretch]) -> tuple[tuple[Stretch, ...], bool]:
    shown: list[Stretch] = []
    room = MOST_PIECES
    for stretch in stretches:
        if len(stretch.pieces) > room:
            return tuple(shown), True
        room -= len(stretch.pieces)
        shown.append(stretch)
    return tuple(shown), False


def stretches_of(before: str, after: str) -> Iterator[Stretch]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for group in grouped(line_changes(old, new)):
        pieces: list[Piece] = []
        for change, i, j, k, m in group:
            if change == "equal":
                add(pieces, "same", "".join(new[k:m]))
            else:
                for piece in word_changes("".join(old[i:j]), "".join(new[k:m])):
                    add(pieces, piece.change, piece.text)
        yield Stretch(group[0][3] + 1, tuple(pieces))


Step = tuple[str, int, int, int, int]  # as SequenceMatcher.get_opcodes gives them


def line_changes(old: list[str], new: list[str]) -> list[Step]:
    """The steps from *old* to *new*. difflib takes quadratic time, so it sees only what differs, and not too much."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    i, j, k, m = head, len(old) - tail, head, len(new) - tail
    steps: list[Step] = [("equal", 0, head, 0, head)]
    if max(j - i, m - k) > MOST_LINES:
        steps.append(("replace", i, j, k, m))
    else:
        matcher = SequenceMatcher(None, old[i:j], new[k:m], autojunk=max(j - i, m - k) > 400)
        steps += [(name, a + i, b + i, c + k, d + k) for name, a, b, c, d in matcher.get_opcodes()]
    steps.append(("equal", j, len(old), m, len(new)))
    return [step for step in steps if step[1] < step[2] or step[3] < step[4]]


def grouped(steps: list[Step]) -> Iterator[list[Step]]:
    """The changes with a few unchanged lines around each; changes that stand close together share a group."""
    group: list[Step] = []
    for place, (name, i, j, k, m) in enumerate(steps):
        if name != "equal":
            group.append((name, i, j, k, m))
            continue
        is_first, is_last = place == 0, place == len(steps) - 1
        if not is_first and not is_last and j - i <= 2 * CONTEXT:
            group.append((name, i, j, k, m))
            continue
        if not is_first:
            size = min(CONTEXT, j - i)
            yield [*group, (name, i, i + size, k, k + size)]
        size = min(CONTEXT, j - i)
        group = [] if is_last else [(name, j - size, j, m - size, m)]
    if any(step[0] != "equal" for step in group):
        yield group


def word_changes(before: str, after: str) -> Iterator[Piece]:
    """The words taken out of and put into a stretch of text."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if not old or not new or max(len(old), len(new)) > MOST_WORDS:
        yield from whole(before, after)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LIKENESS:
        yield from whole(before, after)
        return
    for name, i, j, k, m in matcher.get_opcodes():
        if name == "equal":
            yield Piece("same", "".join(new[k:m]))
        else:
            taken, put = "".join(old[i:j]), "".join(new[k:m])
            space = shared_space(taken, put)
            if space:  # else the line through it looks like a dash
                yield Piece("same", space)
            yield from whole(taken.removeprefix(space), put.removeprefix(space))


def shared_space(before: str, after: str) -> str:
    """The space with which both begin."""
    shared = commonprefix((before, after))
    return shared[: len(shared) - len(shared.lstrip(" "))]


def whole(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield Piece("del", before)
    if after:
        yield Piece("ins", after)


def add(pieces: list[Piece], change: Change, text: str) -> None:
    """Add to *pieces*, as one with the last where both say the same."""
    if pieces and pieces[-1].change == change:
        pieces[-1] = Piece(change, pieces[-1].text + text)
    elif text:
        pieces.append(Piece(change, text))
