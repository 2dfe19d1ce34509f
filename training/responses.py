"""The responses to an attempt: loaded for its owner, for marking and for its trainer, and held still meanwhile."""

import sqlalchemy as sa

from training.db import db, rows
from training.domain.responses import ResponseFact
from training.domain.rules import AttemptTime
from training.models import Attempt, Response
from training.rules import time_of

OF_ATTEMPT = sa.bindparam("attempt", type_=sa.Uuid())
# The columns of a ResponseFact, in its order.
RESPONSE = (Response.id, Response.item_id, Response.answer, Response.sequence, Response.received_at)
RESPONSES = sa.select(*RESPONSE).where(Response.attempt_id == OF_ATTEMPT).order_by(Response.received_at)


def responses_of(attempt: Attempt) -> list[ResponseFact]:
    """All of them, late ones too, in the order of their arrival."""
    return [ResponseFact(*row) for row in rows(RESPONSES, {"attempt": attempt.id})]


def hold(attempt: Attempt, *, for_marking: bool) -> AttemptTime:
    """Hold the attempt until the transaction ends; says when it ends, and whether it has ended.

    Answers share the lock and marking takes it alone, so no answer slips in while marks are given.
    (SQLite needs none: its writing transactions stand in a queue.)
    """
    if db.engine.dialect.name == "postgresql":
        held = sa.select(Attempt.id).where(Attempt.id == attempt.id).with_for_update(read=not for_marking)
        db.session.execute(held)
    return time_of(attempt)
