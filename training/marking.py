"""Marks attempts, and reads marked ones again: the same for their owners, for trainers and for the log's check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from training.curriculum import assessment_of, bank_of
from training.db import db
from training.domain import grading
from training.domain.bank import Bank
from training.domain.content import Answer, Assessment, Item, Lesson, Module, Option
from training.domain.papers import option_order
from training.domain.responses import effective
from training.keys import key_for
from training.models import Attempt, Result
from training.responses import responses_of


def marked(attempt: Attempt, *, reason: str, at: datetime) -> Result:
    """The result of the answers that count, not yet added. Hold the attempt while it is made."""
    counted = effective(responses_of(attempt), until=attempt.deadline)
    answers = {item: response.answer for item, response in counted.items() if response.answer is not None}
    marks = grading.mark_paper(bank_of(attempt), key_for(attempt), attempt.paper, answers)
    score = grading.score(assessment_of(attempt), marks)
    return Result(
        attempt_id=attempt.id,
        marks={item: [str(value), str(counted[item].id) if item in counted else None] for item, value in marks.items()},
        score=score.share,
        passed=score.passed,
        marked_at=at,
        reason=reason,
    )


LAST_RESULT = (
    sa.select(Result)
    .where(Result.attempt_id == sa.bindparam("attempt", type_=sa.Uuid()))
    .order_by(Result.run.desc())
    .limit(1)
)


def result_of(attempt: Attempt) -> Result | None:
    """The result that counts: of the last marking."""
    return db.session.scalar(LAST_RESULT, {"attempt": attempt.id})


@dataclass(frozen=True)
class ReviewedItem:
    number: int
    item: Item
    module: Module
    order: tuple[Option, ...]  # as the person saw the options
    answer: Answer | None
    review: grading.Review


@dataclass(frozen=True)
class ReviewedAttempt:
    """A marked attempt with everything that teaches about it: for after the submit only."""

    bank: Bank
    assessment: Assessment
    result: Result
    items: tuple[ReviewedItem, ...]
    objectives: tuple[grading.ObjectiveScore, ...]
    read_again: tuple[tuple[Module, Lesson], ...]


def reviewed(attempt: Attempt, result: Result, answers: Mapping[str, Answer | None] | None = None) -> ReviewedAttempt:
    """*answers*: of the attempt's responses, by id, where the caller has loaded them already."""
    bank, key = bank_of(attempt), key_for(attempt)
    if answers is None:
        answers = {str(response.id): response.answer for response in responses_of(attempt)}
    marks = {item: Fraction(result.marks[item][0]) for item in attempt.paper}
    items = []
    for number, item_id in enumerate(attempt.paper, start=1):
        item, answer = bank.item_by_id[item_id], answers.get(result.marks[item_id][1])
        order, review = option_order(attempt.id, item), grading.review(item, key[item_id], answer)
        items.append(ReviewedItem(number, item, bank.module_of_item[item_id], order, answer, review))
    return ReviewedAttempt(
        bank=bank,
        assessment=assessment_of(attempt),
        result=result,
        items=tuple(items),
        objectives=grading.by_objective(bank, marks),
        read_again=grading.lessons_to_read_again(bank, marks),
    )
