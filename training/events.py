"""The record of who did what to what. It only grows (see models.APPEND_ONLY)."""

import uuid
from datetime import datetime
from typing import Any

from training.db import db
from training.models import Event


def note(kind: str, subject: str, *, actor: uuid.UUID | None, at: datetime, **detail: Any) -> None:
    """Add an event to the transaction under way. *detail* holds ids and counts, no names."""
    db.session.add(Event(at=at, actor_id=actor, kind=kind, subject=subject, detail=detail))
