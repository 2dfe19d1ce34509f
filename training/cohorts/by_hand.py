"""Answers that no rule can mark: which of them wait, and the mark that a trainer gives."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from training.curriculum import assessment_of, bank_of, versions_of
from training.db import db
from training.domain.content import Assessment, Item, ItemKey, Module, OptionKey
from training.domain.grading import ideas_in, mark, share_of_ideas
from training.errors import Problem
from training.events import note
from training.keys import hold_keys, key_with
from training.marking import IS_LAST, Facts, HandMarkFact, facts_of, worth
from training.models import Assignment, Attempt, Cohort, Enrolment, HandMark, Notice, Response, Result, User
from training.responses import hold

TICK = timedelta(microseconds=1)


def waiting_in(cohort: uuid.UUID) -> sa.ColumnElement[bool]:
    """The condition that a result is the last one of an attempt of the cohort, and waits."""
    return (Result.waiting > 0) & (Assignment.cohort_id == cohort) & IS_LAST


def count_waiting(cohort: Cohort) -> int:
    """How many answers of the cohort wait for a mark."""
    waiting = (
        sa.select(sa.func.sum(Result.waiting))
        .join(Attempt, Attempt.id == Result.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(waiting_in(cohort.id))
    )
    return db.session.scalar(waiting) or 0


@dataclass(frozen=True)
class WaitingAnswer:
    attempt: Attempt
    item: Item
    module: Module
    assessment: Assessment
    text: str
    since: datetime  # when the attempt was submitted


def waiting_answers(cohort: Cohort) -> Sequence[WaitingAnswer]:
    """The oldest first."""
    first = aliased(Result)
    rows = db.session.execute(
        sa.select(Attempt, Result.marks, first.marked_at, Response)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(first, sa.and_(first.attempt_id == Attempt.id, first.run == 1))
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(waiting_in(cohort.id))
        .order_by(first.marked_at, Attempt.id, Response.item_id)
    )
    return [
        WaitingAnswer(
            attempt,
            bank_of(attempt).item_by_id[response.item_id],
            bank_of(attempt).module_of_item[response.item_id],
            assessment_of(attempt),
            text_of(response.answer),
            since,
        )
        for attempt, marks, since, response in rows
        if marks[response.item_id] == [None, str(response.id)]
    ]


def text_of(answer: Any) -> str:
    """What somebody wrote as a short answer."""
    return str(answer["text"])


# One answer


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer for a person to mark, marked before or not."""

    attempt: Attempt
    facts: Facts
    item: Item
    module: Module
    key: ItemKey
    ideas: Mapping[str, OptionKey]  # all key ideas, also those that do not count
    response: uuid.UUID
    text: str
    marks: Sequence[HandMarkFact]  # that it was given so far, the first one first

    @property
    def last(self) -> HandMarkFact | None:
        return self.marks[-1] if self.marks else None

    def found(self, given: HandMarkFact) -> int:
        """How many of the key ideas that count *given* found in the answer."""
        return len(ideas_in(self.key, given.ideas))


def written_answer(attempt: Attempt, item_id: str) -> WrittenAnswer:
    """The answer to an item of a marked attempt. Raises Problem where a rule marks it, or none was given."""
    facts, bank = facts_of(attempt), bank_of(attempt)
    if not facts.results or item_id not in attempt.paper:
        raise nothing_to_mark()
    key = key_with(versions_of(attempt), tuple(facts.changes))[item_id]
    _mark, counted = facts.results[-1].marks[item_id]
    response = next((one for one in facts.responses if str(one.id) == counted), None)
    if response is None or mark(bank.item_by_id[item_id], key, response.answer) is not None:
        raise nothing_to_mark()
    return WrittenAnswer(
        attempt=attempt,
        facts=facts,
        item=bank.item_by_id[item_id],
        module=bank.module_of_item[item_id],
        key=key,
        ideas=key_with(versions_of(attempt), ())[item_id].options,
        response=response.id,
        text=text_of(response.answer),
        marks=[one for one in facts.hand_marks if one.response == response.id],
    )


def nothing_to_mark() -> Problem:
    return Problem(_("There is nothing to mark here. Start again at the list of answers."), 409)


def trainee_of(attempt: Attempt, cohort: Cohort) -> User | None:
    """Who made the attempt; None when they have left the cohort."""
    return db.session.scalar(
        sa.select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(
            User.id == attempt.user_id,
            Enrolment.cohort_id == cohort.id,
            Enrolment.role == "trainee",
            Enrolment.ended_at.is_(None),
        )
    )


class Stale(Exception):
    """Somebody marked the answer since the page was drawn: here it is with their mark."""

    def __init__(self, answer: WrittenAnswer) -> None:
        super().__init__()
        self.answer = answer


def give_mark(
    attempt: Attempt, item_id: str, *, ideas: Collection[str], comment: str, seen: int, by: uuid.UUID, at: datetime
) -> None:
    """Mark an answer by the key *ideas* that are in it: it is worth the share of those that count.

    *seen*: how many marks of it were known to whoever gives this one. Raises Stale when there are more.
    """
    hold_keys(versions_of(attempt), alone=False)
    hold(attempt, alone=True)
    answer = written_answer(attempt, item_id)
    if len(answer.marks) != seen:
        raise Stale(answer)
    facts = answer.facts
    at = max(at, (facts.newest or at) + TICK)
    found = sorted(ideas)
    given = HandMarkFact(answer.response, found, comment, at)
    db.session.add(
        HandMark(
            attempt_id=attempt.id,
            item_id=item_id,
            response_id=given.response,
            mark=share_of_ideas(answer.key, found),
            ideas=found,
            comment=comment,
            marked_by=by,
            marked_at=at,
        )
    )
    result = Result(
        attempt_id=attempt.id,
        run=len(facts.results) + 1,
        marked_at=at,
        marked_by=by,
        reason="marked by hand",
        **vars(worth(attempt, replace(facts, hand_marks=[*facts.hand_marks, given]))),
    )
    db.session.add(result)
    if not result.waiting:
        db.session.add(Notice(user_id=attempt.user_id, attempt_id=attempt.id, kind="marked-by-hand", created_at=at))
    note("answer-marked", f"attempt:{attempt.id}", actor=by, at=at, item=item_id)
