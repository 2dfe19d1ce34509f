"""Who has a sign-in name."""

import sqlalchemy as sa

from training.db import db
from training.domain.sign_in_names import SignInName, fold
from training.models import User


def find_user(typed: str) -> User | None:
    """The person with this e-mail address or service number, as it was typed."""
    name = fold(typed)
    return db.session.scalar(sa.select(User).where(named(name))) if name else None


def named(name: SignInName) -> sa.ColumnElement[bool]:
    return User.email == name.email if name.email else User.service_number == name.service_number
