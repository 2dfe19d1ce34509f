"""The people who can sign in, as admins look after them."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from training.db import db
from training.domain.sign_in_names import fold_email, fold_service_number
from training.errors import Problem
from training.events import note
from training.models import User

NAME_LENGTH = 120


def add_or_find(
    name: str,
    *,
    email: str | None,
    service_number: str | None,
    is_admin: bool,
    by: uuid.UUID | None,
    at: datetime,
) -> User:
    """The person with one of these sign-in names, made where nobody has them. Admin is given, never taken."""
    address, number = folded(email, service_number)
    having = [User.email == address] * bool(address) + [User.service_number == number] * bool(number)
    known = db.session.scalars(sa.select(User).where(sa.or_(*having))).all()
    if len(known) > 1:
        raise Problem(_("The e-mail address and the service number belong to two people. Give one of them."), 409)
    user = known[0] if known else None
    if user is None:
        user = User(name=name.strip()[:NAME_LENGTH], email=address, service_number=number, created_at=at)
        db.session.add(user)
        db.session.flush()
        note("user-added", f"user:{user.id}", actor=by, at=at)
    if is_admin and not user.is_admin:
        user.is_admin = True
        note("made-admin", f"user:{user.id}", actor=by, at=at)
    return user


def folded(email: str | None, service_number: str | None) -> tuple[str | None, str | None]:
    """Both names as they are kept; at least one, and each of them sane."""
    address = fold_email(email) if email else None
    number = fold_service_number(service_number) if service_number else None
    if email and not address:
        raise Problem(_("This is not an e-mail address. Write it like name@example.org."))
    if service_number and not number:
        raise Problem(_("A service number has 3 to 40 letters and digits; - and / may stand between them."))
    if not address and not number:
        raise Problem(_("Give an e-mail address or a service number."))
    return address, number
