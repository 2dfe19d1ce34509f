"""What a running server does beside answering: it says that it is alive, notes when it was not, and
ends attempts whose time is up. Each process does it; doing it twice changes nothing."""

import logging
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from training.closing import close_expired
from training.db import db, insert, now
from training.events import note
from training.models import Heartbeat, Outage
from training.writer import write

EVERY = 30  # seconds
DOWN = timedelta(seconds=90)  # without a sign of life for so long, the server was down

log = logging.getLogger(__name__)


def beat(*, at: datetime) -> None:
    """Renew the sign of life; where the last one is too old, note the time since as an outage."""
    db.session.execute(insert(Heartbeat).values(id=1, seen_at=at).on_conflict_do_nothing())
    heartbeat = db.session.scalars(
        sa.select(Heartbeat).with_for_update().execution_options(populate_existing=True)
    ).one()
    if at - heartbeat.seen_at > DOWN:
        db.session.add(Outage(began_at=heartbeat.seen_at, ended_at=at))
        seconds = int((at - heartbeat.seen_at).total_seconds())
        note("server-was-down", "server", actor=None, at=at, seconds=seconds)
    heartbeat.seen_at = max(heartbeat.seen_at, at)


def look_after(app: Flask) -> None:
    """Start the keeper of this process. It ends with it."""
    threading.Thread(target=keep, args=(app, threading.Event()), name="keeper", daemon=True).start()


def keep(app: Flask, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                at = now()
                write(lambda: beat(at=at))  # noqa: B023 (it has been done when write returns)
                close_expired(at=at)
        except Exception:  # the database may be away for a moment; the next turn tries again
            log.exception("The keeper could not do its round")
        stop.wait(EVERY)
