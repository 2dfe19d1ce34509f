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
from training.domain.responses import effective
from training.models import Attempt, Response
from training.responses import hold, responses_of
from training.rules import time_of


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
    bank = bank_of(attempt)
    time = hold(attempt, for_marking=False)
    closed = time.is_over(at)
    if time.ended_at and at <= time.ended_at:  # it waited while the attempt was marked: no later look may count it
        at = time.ended_at + timedelta(microseconds=1)
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


def answers_of(attempt: Attempt, *, up_to: int | None = None) -> tuple[Mapping[str, Answer], int]:
    """The answers that count now, by item, and the sequence that the next response has to pass.

    With *up_to*, what counted when that was the sequence.
    """
    responses = [one for one in responses_of(attempt) if up_to is None or one.sequence <= up_to]
    counted = effective(responses, until=time_of(attempt).last)
    answers = {item: response.answer for item, response in counted.items() if response.answer is not None}
    return answers, max((response.sequence for response in responses), default=0)
