"""How sure a person said they were, and how often they were right: for that person alone."""

import uuid
from collections.abc import Iterator
from fractions import Fraction

import sqlalchemy as sa

from training.db import rows
from training.domain.calibration import Calibration, calibration
from training.marking import Facts, each_marked
from training.models import Attempt, LessonEvent, Response

Said = tuple[str | None, Fraction]  # what was said, and the mark that the answer earned


def of_attempt(facts: Facts) -> Calibration:
    """Of an attempt that has a result."""
    return calibration(said_in_attempt(facts))


def of_person(person: uuid.UUID) -> Calibration:
    """Over all lessons and tests. It tells less of a test than the marks of each objective do, which all may see."""
    return calibration([*said_in_lessons(person), *said_in_tests(person)])


def said_in_attempt(facts: Facts) -> Iterator[Said]:
    said = {str(response.id): response.certainty for response in facts.responses}
    for mark, response in facts.results[-1].marks.values():
        if mark is not None and response is not None:  # marked already, and answered
            yield said[response], Fraction(mark)


def said_in_tests(person: uuid.UUID) -> Iterator[Said]:
    own = sa.select(Attempt.id).where(Attempt.user_id == person)
    said = sa.select(Response.attempt_id).where(Response.attempt_id.in_(own), Response.certainty.is_not(None))
    for _attempt, facts in each_marked(Attempt.id.in_(said)):
        yield from said_in_attempt(facts)


PRACTISED = (
    sa.select(LessonEvent.assignment_id, LessonEvent.item_id, LessonEvent.certainty, LessonEvent.mark)
    .where(LessonEvent.user_id == sa.bindparam("person", type_=sa.Uuid()), LessonEvent.kind == "practised")
    .order_by(LessonEvent.at, LessonEvent.id)
)


def said_in_lessons(person: uuid.UUID) -> Iterator[Said]:
    """The first answer to each question: the next one is given with its feedback in sight."""
    answered = set()
    for assignment, item, certainty, mark in rows(PRACTISED, {"person": person}):
        if (assignment, item) not in answered and mark is not None:
            yield certainty, mark
        answered.add((assignment, item))
