"""The life of an attempt: start, answer, submit. Each step may be repeated without harm."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from training.curriculum import module_of
from training.db import db, insert, new_id
from training.domain import grading
from training.domain.content import Answer, Assessment, Module
from training.domain.papers import draw_paper
from training.domain.responses import effective
from training.errors import Problem
from training.keys import key_of
from training.models import Assignment, Attempt, Response, Result
from training.responses import responses_of


def assessment_of(attempt: Attempt) -> tuple[Module, Assessment]:
    """The module and the assessment as they were when the attempt began."""
    module = module_of(attempt.module_version_id)
    return module, module.assessment_by_id[attempt.assessment]


# Start


def start(person: uuid.UUID, assignment: Assignment, assessment: Assessment, *, seed: int, at: datetime) -> Attempt:
    """A new attempt, or the open one: who starts again goes on where they were.

    Raises Problem when no attempt is left or the assignment is not open yet. The database settles a
    race of many starts: numbers are unique, and it refuses a second open attempt.
    """
    earlier = attempts_so_far(person, assignment, assessment)
    if open_one := next((attempt for attempt, is_open in earlier if is_open), None):
        return open_one
    if assignment.opens_at and at < assignment.opens_at:
        raise Problem(_("This quiz is not open yet. Come back on the day that your trainer set."), 409)
    if assessment.attempts is not None and len(earlier) >= assessment.attempts:
        raise Problem(_("You have used all your attempts. Ask your trainer what to do next."), 409)
    module = module_of(assignment.module_version_id)
    seen = {item for attempt, _is_open in earlier for item in attempt.paper}
    attempt = Attempt(
        id=new_id(),
        user_id=person,
        assignment_id=assignment.id,
        module_version_id=assignment.module_version_id,
        assessment=assessment.id,
        number=len(earlier) + 1,
        paper=list(draw_paper(module, assessment, seed=seed, seen=seen)),
        started_at=at,
        deadline=at + timedelta(minutes=assessment.minutes) if assessment.minutes else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
    except IntegrityError:  # another start of the same person was faster: theirs is the open one
        return next(attempt for attempt, is_open in attempts_so_far(person, assignment, assessment) if is_open)
    return attempt


def attempts_so_far(person: uuid.UUID, assignment: Assignment, assessment: Assessment) -> list[tuple[Attempt, bool]]:
    """Each attempt with whether it is open, the oldest first."""
    is_open = ~sa.exists().where(Result.attempt_id == Attempt.id)
    rows = db.session.execute(
        sa.select(Attempt, is_open)
        .where(
            Attempt.user_id == person,
            Attempt.assignment_id == assignment.id,
            Attempt.assessment == assessment.id,
        )
        .order_by(Attempt.number)
    )
    return [(attempt, is_open) for attempt, is_open in rows]


# Answer


class Verdict(StrEnum):
    SAVED = "saved"
    ALREADY = "already"  # the same response came before: a repeat
    LATE = "late"  # kept, but the attempt is submitted or its time is up: it does not count
    CONFLICT = "conflict"  # the id was used for another answer; nothing changed
    REFUSED = "refused"  # not an answer to a question of this paper; nothing was kept


@dataclass(frozen=True)
class Given:
    """An answer as it comes in from a page."""

    id: uuid.UUID
    item: str
    answer: Any
    sequence: int
    answered_at: datetime | None


def record(attempt: Attempt, given: Sequence[Given], *, at: datetime) -> Mapping[uuid.UUID, Verdict]:
    """Keep what was given and say for each what became of it. The caller commits, then answers.

    One statement keeps them all, however many they are; sending the same again changes nothing.
    """
    module = module_of(attempt.module_version_id)
    closed = lock(attempt, for_marking=False) or (attempt.deadline is not None and at > attempt.deadline)
    verdicts = {}
    rows = {}
    for one in given:
        try:
            if one.item not in attempt.paper:
                raise grading.InvalidAnswer(one.item)
            answer = grading.read_answer(module.item_by_id[one.item], one.answer)
        except grading.InvalidAnswer:
            verdicts[one.id] = Verdict.REFUSED
            continue
        verdicts[one.id] = Verdict.LATE if closed else Verdict.SAVED
        rows[one.id] = {
            "attempt_id": attempt.id,
            "id": one.id,
            "item_id": one.item,
            "answer": answer,
            "sequence": one.sequence,
            "answered_at": one.answered_at,
            "received_at": at,
        }
    if not rows:
        return verdicts
    if keep(list(rows.values())) < len(rows):
        for earlier in db.session.scalars(
            sa.select(Response).where(Response.attempt_id == attempt.id, Response.id.in_(rows))
        ):
            if (earlier.item_id, earlier.answer) != (rows[earlier.id]["item_id"], rows[earlier.id]["answer"]):
                verdicts[earlier.id] = Verdict.CONFLICT
            elif earlier.received_at != at:
                verdicts[earlier.id] = Verdict.ALREADY
    return verdicts


def keep(rows: list[dict[str, Any]]) -> int:
    """Add the responses that are not there yet; how many they were."""
    added = insert(Response).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return db.session.connection().execute(added, rows).rowcount


IS_SUBMITTED = sa.select(sa.exists().where(Result.attempt_id == sa.bindparam("attempt", type_=sa.Uuid())))


def lock(attempt: Attempt, *, for_marking: bool) -> bool:
    """Hold the attempt until the transaction ends; says whether it is submitted.

    Answers share the lock and marking takes it alone, so no answer slips in while marks are given.
    (SQLite needs none: its writing transactions stand in a queue.)
    """
    if db.engine.dialect.name == "postgresql":
        held = sa.select(Attempt.id).where(Attempt.id == attempt.id).with_for_update(read=not for_marking)
        db.session.execute(held)
    return db.session.scalar(IS_SUBMITTED, {"attempt": attempt.id}) or False


def answers_of(attempt: Attempt, *, up_to: int | None = None) -> tuple[Mapping[str, Answer], int]:
    """The answers that count now, by item, and the sequence that the next response has to pass.

    With *up_to*, what counted when that was the sequence.
    """
    responses = [one for one in responses_of(attempt) if up_to is None or one.sequence <= up_to]
    counted = effective(responses, until=attempt.deadline)
    answers = {item: response.answer for item, response in counted.items() if response.answer is not None}
    return answers, max((response.sequence for response in responses), default=0)


# Submit


def submit(attempt: Attempt, *, at: datetime) -> None:
    """Mark the attempt with the answers that count. A second submit changes nothing."""
    if lock(attempt, for_marking=True):
        return
    module, assessment = assessment_of(attempt)
    counted = effective(responses_of(attempt), until=attempt.deadline)
    answers = {item: response.answer for item, response in counted.items() if response.answer is not None}
    marks = grading.mark_paper(module, key_of(attempt.module_version_id), attempt.paper, answers)
    score = grading.score(assessment, marks)
    db.session.add(
        Result(
            attempt_id=attempt.id,
            marks={
                item: [str(value), str(counted[item].id) if item in counted else None] for item, value in marks.items()
            },
            score=score.share,
            passed=score.passed,
            marked_at=at,
            reason="submitted",
        )
    )


def result_of(attempt: Attempt) -> Result | None:
    """The result that counts: of the last marking."""
    return db.session.scalar(
        sa.select(Result).where(Result.attempt_id == attempt.id).order_by(Result.run.desc()).limit(1)
    )


@dataclass(frozen=True)
class ReviewedItem:
    number: int
    item: Any
    answer: Answer | None
    review: grading.Review


@dataclass(frozen=True)
class ReviewedAttempt:
    """A marked attempt with everything that teaches about it: for after the submit only."""

    module: Module
    assessment: Assessment
    result: Result
    items: tuple[ReviewedItem, ...]
    objectives: tuple[grading.ObjectiveScore, ...]
    read_again: tuple[str, ...]


def reviewed(attempt: Attempt, result: Result) -> ReviewedAttempt:
    module, assessment = assessment_of(attempt)
    key = key_of(attempt.module_version_id)
    counted = {str(response.id): response.answer for response in responses_of(attempt)}
    marks = {item: Fraction(result.marks[item][0]) for item in attempt.paper}
    items = []
    for number, item_id in enumerate(attempt.paper, start=1):
        item, answer = module.item_by_id[item_id], counted.get(result.marks[item_id][1])
        items.append(ReviewedItem(number, item, answer, grading.review(item, key[item_id], answer)))
    return ReviewedAttempt(
        module=module,
        assessment=assessment,
        result=result,
        items=tuple(items),
        objectives=grading.by_objective(module, marks),
        read_again=grading.lessons_to_read_again(module, marks),
    )
