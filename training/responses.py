"""Loads the responses to an attempt, for its owner's pages, for marking and for its trainer's report."""

import sqlalchemy as sa

from training.db import db
from training.domain.responses import ResponseFact
from training.models import Attempt, Response


def responses_of(attempt: Attempt) -> list[ResponseFact]:
    """All of them, late ones too, in the order of their arrival."""
    rows = db.session.execute(
        sa.select(Response.id, Response.item_id, Response.answer, Response.sequence, Response.received_at)
        .where(Response.attempt_id == attempt.id)
        .order_by(Response.received_at)
    )
    return [ResponseFact(*row) for row in rows]
