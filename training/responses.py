"""The responses to an attempt: loaded for its owner, for marking and for its trainer, and held still meanwhile."""

from dataclasses import dataclass

import sqlalchemy as sa

from training.db import db, rows
from training.domain.responses import ResponseFact
from training.domain.rules import AttemptTime
from training.models import Attempt, Response
from training.rules import OF_ATTEMPT, time_and_epoch_of

# The columns of a ResponseFact, in its order.
RESPONSE = (
    Response.id,
    Response.item_id,
    Response.answer,
    Response.sequence,
    Response.received_at,
    Response.sent_at,
    Response.certainty,
    Response.set_aside,
)
RESPONSES = sa.select(*RESPONSE).where(Response.attempt_id == OF_ATTEMPT).order_by(Response.received_at)


def responses_of(attempt: Attempt) -> list[ResponseFact]:
    """All of them, also those that do not count, in the order of their arrival."""
    return [ResponseFact(*row) for row in rows(RESPONSES, {"attempt": attempt.id})]


@dataclass(frozen=True)
class Held:
    """What an attempt is while it is held still."""

    time: AttemptTime
    epoch: int  # of the lease that holds; 0: there is none


def hold(attempt: Attempt, *, alone: bool) -> Held:
    """Hold the attempt until the transaction ends, *alone* or together with others who do not ask for that.

    Answers share the lock; marking and taking over have it alone, so no answer slips in meanwhile.
    (SQLite needs none: its writing transactions stand in a queue.)
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(Attempt.id).where(Attempt.id == attempt.id).with_for_update(read=not alone))
    return Held(*time_and_epoch_of(attempt))
