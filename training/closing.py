"""Attempts end: by their person, or because the time is up. Ending one again changes nothing."""

import uuid
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from training.db import db
from training.domain.rules import AttemptTime
from training.marking import marked
from training.models import Attempt, Result
from training.responses import hold
from training.writer import write

SUBMITTED, TIME_IS_UP = "submitted", "time is up"  # reasons of results
IS_OPEN = ~sa.exists().where(Result.attempt_id == Attempt.id)


def submit(attempt: Attempt, *, epoch: int = 1, at: datetime) -> None:
    """Mark the attempt with the answers that count. A second submit changes nothing, and so does one
    from a page of an earlier *epoch*: the attempt is answered on another device now."""
    held = hold(attempt, alone=True)
    if held.time.ended_at is None and (epoch >= held.epoch or held.time.is_over(at)):
        end(attempt, held.time, reason=TIME_IS_UP if held.time.is_up(at) else SUBMITTED, at=at)


def close_if_over(attempt_id: uuid.UUID, *, at: datetime) -> bool:
    """Mark the attempt if nothing that comes in can count any more; says whether this did it."""
    attempt = db.session.get_one(Attempt, attempt_id)
    time = hold(attempt, alone=True).time
    if time.ended_at is not None or not time.is_over(at):
        return False
    end(attempt, time, reason=TIME_IS_UP, at=at)
    return True


def end(attempt: Attempt, time: AttemptTime, *, reason: str, at: datetime) -> None:
    db.session.add(marked(attempt, time, reason=reason, at=at))


def past_their_deadline(at: datetime) -> list[uuid.UUID]:
    """Open attempts whose first deadline is over. Some have been given more time since."""
    return list(db.session.scalars(sa.select(Attempt.id).where(Attempt.deadline < at, IS_OPEN)))


def close_expired(*, at: datetime) -> int:
    """Mark every attempt whose time is up, each in a small transaction of its own; how many they were."""
    return sum(write(partial(close_if_over, attempt, at=at)) for attempt in write(lambda: past_their_deadline(at)))
