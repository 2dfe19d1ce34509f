"""What a reviewer sees of a change."""

import time
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from training.publishing.differences import Piece, Stretch, differences, stretches_of


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    (stretch,) = stretches_of("one\nThe mission must wait.\nthree\n", "one\nThe mission may not wait.\nthree\n")
    assert stretch.line == 1
    assert stretch.pieces == (
        Piece("same", "one\nThe mission "),
        Piece("del", "must"),
        Piece("ins", "may not"),
        Piece("same", " wait.\nthree\n"),
    )


def test_a_change_far_below_starts_at_its_own_line() -> None:
    before = "".join(f"line {n}\n" for n in range(1, 101))
    (stretch,) = stretches_of(before, before.replace("line 50\n", "line fifty\n"))
    assert stretch.line == 48
    assert "line 47" not in "".join(piece.text for piece in stretch.pieces)


def test_two_changes_far_apart_are_two_stretches_and_close_ones_are_one() -> None:
    before = "".join(f"line {n}\n" for n in range(1, 101))
    assert len(list(stretches_of(before, before.replace("line 9\n", "x\n").replace("line 90\n", "y\n")))) == 2
    assert len(list(stretches_of(before, before.replace("line 9\n", "x\n").replace("line 12\n", "y\n")))) == 1


def test_files_that_come_and_go_say_so() -> None:
    found = differences({"a": "same", "b": "old", "c": "gone\n"}, {"a": "same", "b": "new", "d": "fresh\n"})
    assert [(file.path, file.change) for file in found] == [("b", "changed"), ("c", "removed"), ("d", "added")]
    assert found[1].stretches == (Stretch(1, (Piece("del", "gone\n"),)),)
    assert found[2].stretches == (Stretch(1, (Piece("ins", "fresh\n"),)),)


def test_an_empty_file_that_is_new_is_a_difference() -> None:
    (found,) = differences({}, {"a": ""})
    assert found.change == "added" and found.stretches == ()


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_the_pieces_tell_both_texts_whole(before: str, after: str) -> None:
    stretches = list(stretches_of(before, after))
    assert bool(stretches) == (before != after)
    told_before = told_after = ""
    lines = after.splitlines(keepends=True)
    place = 0
    for stretch in stretches:
        untouched = "".join(lines[place : stretch.line - 1])
        told_before, told_after = told_before + untouched, told_after + untouched
        old = "".join(piece.text for piece in stretch.pieces if piece.change != "ins")
        new = "".join(piece.text for piece in stretch.pieces if piece.change != "del")
        told_before, told_after = told_before + old, told_after + new
        place = stretch.line - 1 + len(new.splitlines())
    rest = "".join(lines[place:])
    assert (told_before + rest, told_after + rest) == (before, after)


def test_long_hostile_files_are_compared_in_no_time() -> None:
    dice = Random(7)
    before = "".join(dice.choice("ab") + "\n" for _ in range(40_000))
    after = "".join(dice.choice("bc") + "\n" for _ in range(40_000))
    near = "".join(f"a line {n % 7}\n" for n in range(4_000))
    far = "".join(f"a line {n % 5} b\n" for n in range(4_000))
    start = time.process_time()
    found = differences({"a": before, "b": "a b " * 20_000, "c": near}, {"a": after, "b": "b a c " * 20_000, "c": far})
    assert time.process_time() - start < 2
    assert len(found) == 3
