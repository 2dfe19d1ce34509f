"""Links with which a person chooses a password, once: for new people, and after a lost password."""

import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, has_request_context, request

from training.access import hash_of
from training.db import db
from training.events import note
from training.models import Invitation


def invite(user_id: uuid.UUID, at: datetime, *, by: uuid.UUID | None) -> str:
    """The secret of a new link for this person; earlier links of theirs end. *by*: None for the command line."""
    return invite_all([user_id], at, by=by)[user_id]


def invite_all(user_ids: Collection[uuid.UUID], at: datetime, *, by: uuid.UUID | None) -> Mapping[uuid.UUID, str]:
    """The same for many people, in as many statements as for one."""
    end_links(user_ids, at)
    tokens = {user_id: secrets.token_urlsafe(24) for user_id in user_ids}
    expires_at = at + current_app.config["INVITATION_LASTS"]
    for user_id, token in tokens.items():
        db.session.add(Invitation(token_hash=hash_of(token), user_id=user_id, created_at=at, expires_at=expires_at))
        note("invited", f"user:{user_id}", actor=by, at=at)
    return tokens


def end_links(user_ids: Collection[uuid.UUID] | sa.Select[Any], at: datetime) -> None:
    """End the open links of these people: who holds one must not get hold of more than it was given for."""
    db.session.execute(
        sa.update(Invitation)
        .where(Invitation.user_id.in_(user_ids), Invitation.used_at.is_(None), Invitation.expires_at > at)
        .values(expires_at=at)
        .execution_options(synchronize_session=False)
    )


def link(token: str, root: str | None = None) -> str:
    """The whole address, as people type it: under *root*, else PUBLIC_URL, else the host that was asked."""
    path = current_app.url_map.bind("").build("accounts.invitation", {"token": token})
    return (root or public_root()).rstrip("/") + path


def public_root() -> str:
    if current_app.config["PUBLIC_URL"]:
        return str(current_app.config["PUBLIC_URL"])
    return request.host_url if has_request_context() else "http://127.0.0.1:8000"
