"""Slowing down those who guess.

Passwords: by the name that is tried, never by address, because a whole camp shares one. A growing
delay instead of a lock, because a lock lets anybody shut a trainee out before an exam. A try is
counted *before* the slow hash, so that twenty at once count as twenty; the right password clears it.

Codes and links: by address, but wide.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa
from flask import current_app
from flask_babel import ngettext

from training.db import db, insert
from training.errors import Problem
from training.models import Throttle

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)

GUESSES = 60
WINDOW = timedelta(minutes=15)


def wait_after(failures: int) -> timedelta:
    """How long to wait after this many failures in a row: nothing, then 2, 4, 8 … seconds."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 20)), LONGEST_WAIT)


def count_try(subject: str, at: datetime) -> None:
    """Count a try at *subject* before it is made; a Problem while it has to wait. Commit before the try."""
    row = locked(subject, at)
    if row.failed_at < at - FORGOTTEN_AFTER:
        row.failures = 0
    until = row.failed_at + wait_after(row.failures)
    if until > at:
        raise too_many(until - at)
    row.failures += 1
    row.failed_at = at


def clear(subject: str, at: datetime) -> None:
    """The try was right. Also sweeps away what is forgotten anyway."""
    db.session.execute(
        sa.delete(Throttle)
        .where((Throttle.subject_hash == keep(subject)) | (Throttle.failed_at < at - FORGOTTEN_AFTER))
        .execution_options(synchronize_session=False)
    )


def count_guess(address: str | None, at: datetime) -> None:
    """Count a wrong code or link from *address*."""
    wrong = insert(Throttle).values(subject_hash=keep(window(address, at)), failures=1, failed_at=at)
    db.session.execute(
        wrong.on_conflict_do_update(
            index_elements=[Throttle.subject_hash], set_={"failures": Throttle.failures + 1, "failed_at": at}
        )
    )


def refuse_guessing(address: str | None, at: datetime) -> None:
    """A Problem where too many codes or links from *address* were wrong in this quarter of an hour."""
    failures = db.session.scalar(sa.select(Throttle.failures).where(Throttle.subject_hash == keep(window(address, at))))
    if failures and failures >= GUESSES:
        raise too_many(timedelta(seconds=WINDOW.total_seconds() - at.timestamp() % WINDOW.total_seconds()))


def window(address: str | None, at: datetime) -> str:
    return f"guess:{address}:{int(at.timestamp() // WINDOW.total_seconds())}"


def keep(subject: str) -> str:
    """Subjects are names and addresses of people, so they are kept as a keyed hash."""
    return hmac.new(current_app.config["SECRET_KEY"].encode(), subject.encode(), hashlib.sha256).hexdigest()


def locked(subject: str, at: datetime) -> Throttle:
    """The row of *subject*, made if need be; other tries wait until this transaction has ended."""
    key = keep(subject)
    db.session.execute(insert(Throttle).values(subject_hash=key, failures=0, failed_at=at).on_conflict_do_nothing())
    return db.session.scalars(
        sa.select(Throttle)
        .where(Throttle.subject_hash == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def too_many(wait: timedelta) -> Problem:
    seconds = max(1, ceil(wait.total_seconds()))
    minutes = ceil(seconds / 60)
    if seconds < 60:
        sentence = ngettext(
            "There were too many wrong tries. Wait %(num)s second, then try again.",
            "There were too many wrong tries. Wait %(num)s seconds, then try again.",
            seconds,
        )
    else:
        sentence = ngettext(
            "There were too many wrong tries. Wait %(num)s minute, then try again.",
            "There were too many wrong tries. Wait %(num)s minutes, then try again.",
            minutes,
        )
    return Problem(sentence, 429)
