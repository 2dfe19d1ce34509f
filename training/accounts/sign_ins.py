"""Being signed in is a row: the cookie holds a random token, and who ends the row ends the cookie."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request, session
from flask_login import login_user, logout_user

from training.access import hash_of, person_of_token
from training.accounts import passwords
from training.accounts.devices import device_words
from training.db import db
from training.device import remember_device
from training.events import note
from training.models import SignIn, User

SHARED_DEVICE_LASTS = timedelta(hours=12)


def recognise(user_id: uuid.UUID | None, password: str) -> User | None:
    """The person, if *password* is theirs and they may sign in."""
    user = db.session.get(User, user_id) if user_id else None
    kept = user.password_hash if user and user.active else None
    if not passwords.fits(password, kept) or kept is None:
        return None
    fresh = passwords.hashed(password) if passwords.is_outdated(kept) else kept
    user = db.session.get(User, user_id)
    if user is None or not user.active or user.password_hash != kept:
        return None  # it changed while we were hashing
    user.password_hash = fresh
    return user


def start(user: User, at: datetime, *, shared: bool = False) -> None:
    """Sign *user* in on this device. What the browser held before is thrown away, so nobody can plant it."""
    end_row_of_this_browser(at)
    session.clear()
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=hash_of(token),
            user_id=user.id,
            device=device_words(request.user_agent.string),
            started_at=at,
            expires_at=at + (SHARED_DEVICE_LASTS if shared else current_app.config["SIGN_IN_LASTS"]),
        )
    )
    note("signed-in", f"user:{user.id}", actor=user.id, at=at)
    db.session.flush()
    session.permanent = not shared
    remember_device()
    login_user(person_of_token(token))


def end_here(user_id: uuid.UUID, at: datetime) -> None:
    end_row_of_this_browser(at)
    note("signed-out", f"user:{user_id}", actor=user_id, at=at)
    logout_user()
    session.clear()


def end_row_of_this_browser(at: datetime) -> None:
    token = session.get("_user_id")
    if isinstance(token, str):
        end(SignIn.token_hash == hash_of(token), at)


def end_everywhere(user_id: uuid.UUID, at: datetime, *, but: uuid.UUID | None = None) -> None:
    """End each sign-in of this person, except the one *but*."""
    end((SignIn.user_id == user_id) & (SignIn.id != but) if but else SignIn.user_id == user_id, at)


def end(which: sa.ColumnElement[bool], at: datetime) -> None:
    db.session.execute(
        sa.update(SignIn)
        .where(which, SignIn.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )


def running(user_id: uuid.UUID, at: datetime) -> Sequence[SignIn]:
    """Where this person is signed in, the newest first."""
    return db.session.scalars(
        sa.select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.expires_at > at)
        .order_by(SignIn.started_at.desc(), SignIn.id)
        .limit(50)
    ).all()
