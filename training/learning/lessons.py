"""Reading a lesson and answering the questions of its check."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from training.curriculum import module_of
from training.db import db, insert, rows
from training.domain import grading
from training.domain.content import Answer, Item
from training.errors import Problem
from training.keys import key_of
from training.learning.forms import sentence_of
from training.models import Assignment, LessonEvent


def add_event(
    person: uuid.UUID,
    assignment: Assignment,
    lesson: str,
    kind: str,
    *,
    event: uuid.UUID,
    at: datetime,
    **more: Any,
) -> None:
    """Keep what a person did in a lesson. The same event sent again changes nothing."""
    row = {"item_id": None, "answer": None, "mark": None, "certainty": None, **more}
    db.session.execute(
        insert(LessonEvent).on_conflict_do_nothing(),
        {
            "id": event,
            "user_id": person,
            "assignment_id": assignment.id,
            "module_version_id": assignment.module_version_id,
            "lesson": lesson,
            "kind": kind,
            "at": at,
            **row,
        },
    )


def practise(
    person: uuid.UUID,
    assignment: Assignment,
    item: Item,
    value: object,
    *,
    certainty: str | None = None,
    page: uuid.UUID,
    at: datetime,
) -> Answer:
    """Read and mark an answer to a question of a lesson's check, and keep it.

    The same answer sent twice from one *page* is one event: a press repeated on a bad line.
    """
    try:
        answer = grading.read_answer(item, value)
    except grading.InvalidAnswer as refused:
        raise Problem(sentence_of(refused), 422) from None
    if answer is None:
        raise Problem(_("Choose an answer first, then check it."), 422)
    add_event(
        person,
        assignment,
        item.lesson,
        "practised",
        event=uuid.uuid5(page, f"{item.id} {answer}"),
        at=at,
        item_id=item.id,
        answer=answer,
        certainty=certainty,
        mark=review_of(assignment.module_version_id, item, answer).mark,
    )
    return answer


@dataclass(frozen=True)
class Reading:
    """What a person has done in one lesson so far."""

    begun: bool
    finished: bool
    answers: Mapping[str, Answer]  # the last answer to each question of its check


DONE_IN_LESSON = (
    sa.select(LessonEvent.kind, LessonEvent.item_id, LessonEvent.answer)
    .where(
        LessonEvent.user_id == sa.bindparam("person", type_=sa.Uuid()),
        LessonEvent.assignment_id == sa.bindparam("assignment", type_=sa.Uuid()),
        LessonEvent.lesson == sa.bindparam("lesson"),
    )
    .order_by(LessonEvent.at, LessonEvent.id)
)


def reading(person: uuid.UUID, assignment: Assignment, lesson: str) -> Reading:
    """Answers to a question that another version has changed are left out."""
    done = rows(DONE_IN_LESSON, {"person": person, "assignment": assignment.id, "lesson": lesson}).all()
    last = {item: answer for _kind, item, answer in done if item}
    answers = {}
    for item in module_of(assignment.module_version_id).practice_of[lesson] if last else ():
        try:
            answer = grading.read_answer(item, last.get(item.id))
        except grading.InvalidAnswer:
            continue
        if answer is not None:
            answers[item.id] = answer
    return Reading(begun=bool(done), finished=any(kind == "finished" for kind, _item, _answer in done), answers=answers)


def review_of(version: uuid.UUID, item: Item, answer: Answer) -> grading.Review:
    """What teaches about an answer to a question of a lesson's check."""
    if item.use != "practice":
        raise ValueError("A graded question teaches after the attempt is submitted only.")
    return grading.review(item, key_of(version)[item.id], answer)
