"""A key with what was put right in it, by Tariq for his cohort and by Ada for all."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.domain.test_grading import CLAIM, MULTIPLE, SINGLE, key
from training.domain.content import KEY
from training.domain.grading import mark
from training.domain.marking_again import Change, Ruling, in_force, ruled, with_changes

VERSION, TARIQS = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def change(ruling: Ruling, *, days: int = 0, cohort: UUID | None = None, item: str = "a1-01") -> Change:
    return Change(VERSION, item, cohort, ruling, "It was wrong.", MONDAY + timedelta(days=days))


def test_another_option_counts_as_right() -> None:
    right = ruled(key("a"), Ruling(correct=("b",)))
    assert (mark(SINGLE, right, "a"), mark(SINGLE, right, "b")) == (0, 1)


def test_one_more_option_counts_as_right() -> None:
    right = ruled(key("ab"), Ruling(correct=("a", "b", "c")))
    assert mark(MULTIPLE, right, ["a", "b", "c"]) == 1
    assert mark(MULTIPLE, right, ["a", "b"]) == Fraction(2, 3)


def test_the_claim_is_put_right_and_the_reason_stays() -> None:
    right = ruled(key("a", claim=True), Ruling(claim=False))
    assert mark(CLAIM, right, {"claim": "false", "reason": "a"}) == 1
    assert mark(CLAIM, right, {"claim": "true", "reason": "b"}) == 0


def test_a_question_that_is_left_out_gives_everybody_its_full_mark() -> None:
    given = ruled(key("a"), Ruling(given_to_all=True))
    assert [mark(SINGLE, given, answer) for answer in ("a", "b", None)] == [1, 1, 1]


def test_a_key_that_was_looked_at_before_is_put_right_all_the_same() -> None:
    published = key("a")
    assert published.correct == {"a"}
    assert ruled(published, Ruling(correct=("b",))).correct == {"b"}
    assert published.correct == {"a"}


def test_the_last_change_of_a_question_counts_and_the_first_before_it_came() -> None:
    first, second = change(Ruling(correct=("b",))), change(Ruling(), days=2, cohort=TARIQS)
    assert in_force([first, second]) == {"a1-01": second}
    assert in_force([first, second], at=MONDAY + timedelta(days=1)) == {"a1-01": first}
    assert in_force([first, second], at=MONDAY - timedelta(days=1)) == {}


def test_a_ruling_that_says_nothing_is_the_published_key_again() -> None:
    published = {"a1-01": key("a"), "a1-02": key("b")}
    assert with_changes(published, {"a1-01": change(Ruling())}) == published


def test_a_change_of_a_question_that_is_not_there_changes_nothing() -> None:
    assert with_changes({"a1-01": key("a")}, {"a9-09": change(Ruling(given_to_all=True))}) == {"a1-01": key("a")}


def test_a_ruling_is_kept_as_json_and_read_again() -> None:
    ruling = Ruling(correct=("b", "c"), claim=True)
    assert Ruling.model_validate_json(ruling.model_dump_json(exclude_defaults=True)) == ruling
    with pytest.raises(ValidationError):
        Ruling.model_validate_json('{"right": ["b"]}')


def test_what_is_published_says_nothing_of_being_given_to_all() -> None:
    assert "given_to_all" not in KEY.dump_python({"a1-01": key("a")})["a1-01"]
