"""Using an invitation: a link that lets one person choose a password, once."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from training.access import hash_of
from training.accounts import sign_ins, users
from training.db import db
from training.errors import Problem
from training.events import note
from training.invitations import end_links
from training.models import Invitation, User


class UnknownLink(Problem):
    """Nobody made this link: perhaps a guess."""


def invited_person(token: str, at: datetime) -> User:
    """Whom this link is for."""
    row = db.session.execute(
        sa.select(User, Invitation)
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.token_hash == hash_of(token), User.active)
    ).one_or_none()
    if row is None:
        raise UnknownLink(_("This link is not valid. Check that it is whole, or ask your trainer for a new link."), 404)
    user, invitation = row
    if invitation.used_at or invitation.expires_at <= at:
        raise used_up()
    return user


def accept(token: str, password_hash: str, at: datetime, *, name: str, **sign_in_names: str | None) -> User:
    """Use the link up, and give its person the password and the name. Of two at once, one wins."""
    user = invited_person(token, at)
    taken = db.session.execute(
        sa.update(Invitation)
        .where(Invitation.token_hash == hash_of(token), Invitation.used_at.is_(None), Invitation.expires_at > at)
        .values(used_at=at)
        .returning(Invitation.user_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        raise used_up()
    set_password(user, password_hash, at)
    user.name = name
    if sign_in_names:
        users.rename(user, **sign_in_names, by=user.id, at=at)
    return user


def set_password(user: User, password_hash: str, at: datetime, *, but: uuid.UUID | None = None) -> None:
    """A new password ends what the old one opened: each sign-in except *but*, and links to choose another one."""
    user.password_hash = password_hash
    sign_ins.end_everywhere(user.id, at, but=but)
    end_links([user.id], at)
    note("password-set", f"user:{user.id}", actor=user.id, at=at)


def used_up() -> Problem:
    return Problem(_("This link was used already, or it is too old. Ask your trainer for a new link."), 410)
