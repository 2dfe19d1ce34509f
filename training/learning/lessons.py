"""Reading a lesson and answering the questions of its check."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from training.curriculum import module_of
from training.db import db, insert
from training.domain import grading
from training.domain.content import Answer, Item
from training.errors import Problem
from training.keys import key_of
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
    row = {"item_id": None, "answer": None, "mark": None, **more}
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
    person: uuid.UUID, assignment: Assignment, item: Item, value: object, *, event: uuid.UUID, at: datetime
) -> tuple[Answer, grading.Review]:
    """Mark an answer to a question of a lesson check, keep it, and give what teaches about it."""
    try:
        answer = grading.read_answer(item, value)
    except grading.InvalidAnswer:
        raise Problem(_("This answer does not fit the question. Load the page again and choose an answer.")) from None
    if answer is None:
        raise Problem(_("Choose an answer first, then check it."), 422)
    review = grading.review(item, key_of(assignment.module_version_id)[item.id], answer)
    add_event(
        person,
        assignment,
        item.lesson,
        "practised",
        event=event,
        at=at,
        item_id=item.id,
        answer=answer,
        mark=review.mark,
    )
    return answer, review


def practised(person: uuid.UUID, assignment: Assignment, lesson: str) -> Mapping[str, tuple[Answer, grading.Review]]:
    """The last answer to each question of a lesson's check, with what teaches about it.

    Answers to a question that another version has changed are left out.
    """
    module = module_of(assignment.module_version_id)
    rows = db.session.execute(
        sa.select(LessonEvent.item_id, LessonEvent.answer)
        .where(
            LessonEvent.user_id == person,
            LessonEvent.assignment_id == assignment.id,
            LessonEvent.lesson == lesson,
            LessonEvent.kind == "practised",
        )
        .order_by(LessonEvent.at, LessonEvent.id)
    )
    last = {}
    for item_id, answer in rows:
        last[item_id] = answer
    given = {}
    for item in module.practice_of[lesson]:
        try:
            answer = grading.read_answer(item, last.get(item.id))
        except grading.InvalidAnswer:
            continue
        if answer is not None:
            given[item.id] = answer, grading.review(item, key_of(assignment.module_version_id)[item.id], answer)
    return given
