"""Answers come in through one door, and are kept for good. Sending one again changes nothing."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from training.curriculum import bank_of
from training.db import db, insert
from training.domain import grading
from training.domain.content import Answer
from training.domain.responses import ResponseFact, effective, set_aside
from training.domain.rules import AttemptTime
from training.models import Attempt, Response
from training.responses import hold, responses_of
from training.rules import time_of

INSTANT = timedelta(microseconds=1)  # the shortest that the database tells apart


class Verdict(StrEnum):
    SAVED = "saved"
    ALREADY = "already"  # the same response came before: a repeat
    LATE = "late"  # kept, but the attempt is submitted or its time is up: it does not count
    SET_ASIDE = "set-aside"  # kept, but the attempt is answered on another device now: it does not count
    CONFLICT = "conflict"  # the id was used for another answer; nothing changed
    REFUSED = "refused"  # not an answer to a question of this paper; nothing was kept


@dataclass(frozen=True)
class Given:
    """An answer as it comes in from a page."""

    id: uuid.UUID
    item: str
    answer: Any
    sequence: int
    answered_at: datetime | None = None  # the trainee's clock
    sent_at: datetime | None = None  # the same
    certainty: str | None = None
    epoch: int = 1  # of the lease under which the page was drawn


def record(attempt: Attempt, given: Sequence[Given], *, at: datetime) -> Mapping[uuid.UUID, Verdict]:
    """Keep what was given and say for each what became of it. The caller commits, then answers.

    One statement keeps them all, however many they are; sending the same again changes nothing.
    """
    bank = bank_of(attempt)
    held = hold(attempt, alone=False)
    is_late = held.time.is_over(at)
    if held.time.ended_at and at <= held.time.ended_at:
        at = held.time.ended_at + INSTANT  # it waited while the attempt was marked: no later look may count it
    verdicts = {}
    rows = {}
    for one in given:
        try:
            if one.item not in attempt.paper:
                raise grading.InvalidAnswer(one.item)
            answer = grading.read_answer(bank.item_by_id[one.item], one.answer)
        except grading.InvalidAnswer:
            verdicts[one.id] = Verdict.REFUSED
            continue
        is_behind = one.epoch < held.epoch
        verdicts[one.id] = Verdict.LATE if is_late else Verdict.SET_ASIDE if is_behind else Verdict.SAVED
        rows[one.id] = {
            "attempt_id": attempt.id,
            "id": one.id,
            "item_id": one.item,
            "answer": answer,
            "sequence": one.sequence,
            "answered_at": one.answered_at,
            "sent_at": one.sent_at,
            "received_at": at,
            "certainty": one.certainty,
            "epoch": one.epoch,
            "set_aside": is_behind,
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
                verdicts[earlier.id] = verdict_again(earlier, held.time)
    return verdicts


def verdict_again(earlier: Response, time: AttemptTime) -> Verdict:
    """What to say of a response that came before: whoever repeats it has not heard what became of it."""
    if any(end and earlier.received_at > end for end in (time.last, time.ended_at)):
        return Verdict.LATE
    return Verdict.SET_ASIDE if earlier.set_aside else Verdict.ALREADY


def keep(rows: list[dict[str, Any]]) -> int:
    """Add the responses that are not there yet; how many they were."""
    added = insert(Response).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return db.session.connection().execute(added, rows).rowcount


@dataclass(frozen=True)
class Answered:
    """What a person has answered in an attempt so far."""

    counted: Mapping[str, ResponseFact]  # by item
    set_aside: Mapping[str, ResponseFact]  # by item: what came later from another device
    sequence: int  # the next response has to pass it

    @property
    def answers(self) -> Mapping[str, Answer]:
        return {item: response.answer for item, response in self.counted.items() if response.answer is not None}


def answered(attempt: Attempt, *, up_to: int | None = None) -> Answered:
    """What counts now. With *up_to*, what counted when that was the sequence."""
    responses = [one for one in responses_of(attempt) if up_to is None or one.sequence <= up_to]
    counted = effective(responses, until=time_of(attempt).last)
    sequence = max((response.sequence for response in responses), default=0)
    return Answered(counted, set_aside(responses, counted), sequence)
