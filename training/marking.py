"""Marks attempts, and reads marked ones again: the same for their owners, for trainers and for the log's check.

What an attempt is worth is decided by `worth` alone, from facts: its responses, the keys with what
was put right in them, the marks that people gave by hand. Each fact has its instant, and a result
is never dated before a fact that it rests on; so the facts up to its date give the same result again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from training.curriculum import assessment_of, bank_of, versions_of
from training.db import db, fraction, rows
from training.domain import grading
from training.domain.bank import Bank
from training.domain.content import Answer, Assessment, Item, Lesson, Module, Option
from training.domain.marking_again import Change, in_force
from training.domain.papers import option_order
from training.domain.responses import ResponseFact, effective
from training.domain.rules import NO_LIMIT, AttemptTime
from training.keys import all_changes, changes_for, hold_keys, key_with
from training.models import Assignment, Attempt, HandMark, Response, Result
from training.responses import RESPONSE, responses_of
from training.rules import EXTRA_SINCE, OF_ATTEMPT, all_outages, time_of, time_with


@dataclass(frozen=True)
class HandMarkFact:
    response: UUID
    ideas: Sequence[str]  # ids of the key ideas that were found in the answer, also of those that do not count
    comment: str
    at: datetime


@dataclass(frozen=True)
class Facts:
    """What the worth of an attempt rests on, each in the order of time."""

    responses: Sequence[ResponseFact]
    changes: Sequence[Change]  # of the keys, those that concern the attempt
    hand_marks: Sequence[HandMarkFact]
    results: Sequence[Result]  # its earlier markings
    time: AttemptTime  # when it ends: what came in after that and the grace does not count

    @property
    def closed_at(self) -> datetime | None:
        """When the attempt was submitted: what came in later does not count."""
        return self.results[0].marked_at if self.results else None

    @property
    def newest(self) -> datetime | None:
        """The instant of the last of these facts that may count."""
        instants = [change.at for change in self.changes] + [mark.at for mark in self.hand_marks]
        instants += [one.marked_at for one in self.results] or [one.received_at for one in self.responses]
        return max(instants, default=None)


@dataclass(frozen=True)
class Worth:
    """What a Result says, before it is one."""

    marks: Mapping[str, Sequence[str | None]]  # as in Result
    score: Fraction
    passed: bool
    waiting: int
    red_lines: Sequence[str]


def worth(attempt: Attempt, facts: Facts, *, at: datetime | None = None) -> Worth:
    """What the attempt is worth. With *at*, what it was worth at that instant: no later fact counts."""
    until = min(filter(None, (facts.time.last, facts.closed_at, at)), default=None)
    counted = effective(facts.responses, until=until)
    answers = {item: response.answer for item, response in counted.items() if response.answer is not None}
    key = key_with(versions_of(attempt), tuple(one for one in facts.changes if at is None or one.at <= at))
    by_hand = {one.response: one.ideas for one in facts.hand_marks if at is None or one.at <= at}
    bank = bank_of(attempt)
    marks = grading.mark_paper(
        bank,
        key,
        attempt.paper,
        answers,
        {item: by_hand[response.id] for item, response in counted.items() if response.id in by_hand},
    )
    waiting = sum(mark is None for mark in marks.values())
    score = grading.score(bank, assessment_of(attempt), {item: mark or Fraction(0) for item, mark in marks.items()})
    return Worth(
        marks={item: mark_as_kept(mark, counted.get(item)) for item, mark in marks.items()},
        score=score.share,
        passed=score.passed and not waiting,
        waiting=waiting,
        red_lines=[item for item in score.red_lines if marks[item] is not None],
    )


def mark_as_kept(mark: Fraction | None, response: ResponseFact | None) -> list[str | None]:
    return [None if mark is None else str(mark), str(response.id) if response else None]


def worth_of(result: Result) -> Worth:
    return Worth(result.marks, result.score, result.passed, result.waiting, result.red_lines)


def facts_of(attempt: Attempt) -> Facts:
    results = results_of(attempt)
    # Each mark by hand makes another result, so one result means that there is none.
    by_hand = hand_marks_of(attempt) if len(results) > 1 else ()
    time = time_of(attempt) if attempt.deadline else NO_LIMIT
    return Facts(responses_of(attempt), changes_for(attempt), by_hand, results, time)


# The columns of a HandMarkFact, in its order.
HAND_MARK = (HandMark.response_id, HandMark.ideas, HandMark.comment, HandMark.marked_at)
HAND_MARKS = sa.select(*HAND_MARK).where(HandMark.attempt_id == OF_ATTEMPT).order_by(HandMark.marked_at, HandMark.id)


def hand_marks_of(attempt: Attempt) -> Sequence[HandMarkFact]:
    return [HandMarkFact(*row) for row in rows(HAND_MARKS, {"attempt": attempt.id})]


def marked(attempt: Attempt, time: AttemptTime, *, reason: str, at: datetime) -> Result:
    """The first result of the attempt, not yet added. Hold the attempt, which tells its *time*."""
    hold_keys(versions_of(attempt), alone=False)
    facts = Facts(responses_of(attempt), changes_for(attempt), hand_marks=(), results=(), time=time)
    return Result(
        attempt_id=attempt.id, marked_at=max(at, facts.newest or at), reason=reason, **vars(worth(attempt, facts))
    )


LATER = aliased(Result)
IS_LAST = ~sa.exists().where(LATER.attempt_id == Result.attempt_id, LATER.run > Result.run)  # so it counts
RESULTS = sa.select(Result).where(Result.attempt_id == OF_ATTEMPT).order_by(Result.run)
LAST_RESULT = RESULTS.order_by(None).order_by(Result.run.desc()).limit(1)


def results_of(attempt: Attempt) -> Sequence[Result]:
    """Every marking of the attempt, the first one first."""
    return db.session.scalars(RESULTS, {"attempt": attempt.id}).all()


def result_of(attempt: Attempt) -> Result | None:
    """The result that counts: of the last marking."""
    return db.session.scalar(LAST_RESULT, {"attempt": attempt.id})


# Many attempts

Statement = sa.Select[*tuple[Any, ...]]
Row = sa.Row[*tuple[Any, ...]]


def each_marked(wanted: sa.ColumnElement[bool] | None = None) -> Iterator[tuple[Attempt, Facts]]:
    """The marked attempts, each with its facts, by id. *wanted*: a condition on Attempt, where not all are meant.

    The same few statements for ten of them and for ten thousand, and never all of them in memory.
    """
    changes, outages, among = all_changes(), all_outages(), chosen(wanted)
    attempts = sa.select(Attempt, Assignment.cohort_id, EXTRA_SINCE).join(Assignment).order_by(Attempt.id)
    with ExitStack() as streams:
        results = in_step(sa.select(Result.attempt_id, Result), among, streams, Result.run)
        responses = in_step(sa.select(Response.attempt_id, *RESPONSE), among, streams)
        by_hand = in_step(sa.select(HandMark.attempt_id, *HAND_MARK), among, streams, HandMark.marked_at, HandMark.id)
        for attempt, cohort, extra in streamed(only(attempts, Attempt.id, among), streams):
            markings = [row[1] for row in results(attempt.id)]
            if not markings:
                continue
            versions = versions_of(attempt)
            facts = Facts(
                responses=[ResponseFact(*row[1:]) for row in responses(attempt.id)],
                changes=[one for one in changes if one.version in versions and one.cohort in (None, cohort)],
                hand_marks=[HandMarkFact(*row[1:]) for row in by_hand(attempt.id)],
                results=markings,
                time=time_with(attempt, extra_minutes=extra or 0, outages=outages),
            )
            yield attempt, facts


def chosen(wanted: sa.ColumnElement[bool] | None) -> sa.CTE | None:
    """The ids of the attempts that are wanted; None for all. Worked out once, not again for each response."""
    if wanted is None:
        return None
    return sa.select(Attempt.id).where(wanted).cte("chosen").prefix_with("MATERIALIZED")


def only(statement: Statement, of_attempt: Any, among: sa.CTE | None) -> Statement:
    return statement if among is None else statement.join(among, among.c.id == of_attempt)


def streamed(statement: Statement, streams: ExitStack) -> sa.Result[*tuple[Any, ...]]:
    """The rows as they come from the database, until *streams* ends."""
    found = db.session.execute(statement.execution_options(yield_per=1000))
    streams.callback(found.close)
    return found


def in_step(
    statement: Statement, among: sa.CTE | None, streams: ExitStack, *order: Any
) -> Callable[[UUID], Sequence[Row]]:
    """The rows of *statement*, whose first column is an attempt's id: to be asked for attempt by attempt, by id."""
    of_attempt = statement.selected_columns[0]
    lines = streamed(only(statement.order_by(of_attempt, *order), of_attempt, among), streams)
    groups = groupby(lines, key=itemgetter(0))
    ahead = next(groups, None)

    def of(attempt: UUID) -> Sequence[Row]:
        nonlocal ahead
        while ahead and ahead[0] < attempt:
            ahead = next(groups, None)
        if not ahead or ahead[0] != attempt:
            return ()
        found = list(ahead[1])
        ahead = next(groups, None)
        return found

    return of


# One attempt, read again


@dataclass(frozen=True)
class ReviewedItem:
    number: int
    item: Item
    module: Module
    version: UUID  # of the module
    order: tuple[Option, ...]  # as the person saw the options
    answer: Answer | None
    review: grading.Review
    correction: Change | None  # of its key, after the paper was drawn or before
    by_hand: HandMarkFact | None

    @property
    def found(self) -> int:
        """How many of the key ideas that count a trainer found in the answer."""
        return len(grading.ideas_in(self.review.key, self.by_hand.ideas)) if self.by_hand else 0


@dataclass(frozen=True)
class ReviewedAttempt:
    """A marked attempt with everything that teaches about it: for after the submit only."""

    bank: Bank
    assessment: Assessment
    result: Result  # the last one: it counts
    results: Sequence[Result]  # every marking, the first one first
    items: tuple[ReviewedItem, ...]
    objectives: tuple[grading.ObjectiveScore, ...]
    read_again: tuple[tuple[Module, Lesson], ...]
    red_lines: tuple[tuple[Module, Lesson], ...]  # the lessons of the red-line items that were not answered in full


def reviewed(attempt: Attempt, facts: Facts, *, with_items: bool = True) -> ReviewedAttempt:
    """*facts*: of an attempt that has a result. Without items there is no key in it, and no question."""
    bank, result = bank_of(attempt), facts.results[-1]
    key, corrections = key_with(versions_of(attempt), tuple(facts.changes)), in_force(facts.changes)
    answers = {str(response.id): response.answer for response in facts.responses}
    by_hand = {str(one.response): one for one in facts.hand_marks}
    versions = dict(zip((module.slug for module in bank.modules), versions_of(attempt), strict=True))
    items, marks = [], {}
    for number, item_id in enumerate(attempt.paper, start=1):
        item, (kept, response) = bank.item_by_id[item_id], result.marks[item_id]
        mark, answer = None if kept is None else fraction(kept), answers.get(response)
        if mark is not None:
            marks[item_id] = mark
        items.append(
            ReviewedItem(
                number=number,
                item=item,
                module=bank.module_of_item[item_id],
                version=versions[bank.module_of_item[item_id].slug],
                order=option_order(attempt.id, item),
                answer=answer,
                review=replace(grading.review(item, key[item_id], answer), mark=mark),
                correction=corrections.get(item_id),
                by_hand=by_hand.get(response),
            )
        )
    return ReviewedAttempt(
        bank=bank,
        assessment=assessment_of(attempt),
        result=result,
        results=facts.results,
        items=tuple(items) if with_items else (),
        objectives=grading.by_objective(bank, marks),
        read_again=grading.lessons_to_read_again(bank, marks),
        red_lines=grading.lessons_of(bank, result.red_lines),
    )
