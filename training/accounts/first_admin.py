"""How the very first person gets in: no default password, but one link printed by the server."""

from datetime import datetime

import sqlalchemy as sa

from training.db import db
from training.models import User

SERVICE_NUMBER = "ADMIN"


def awaited_admin(at: datetime) -> User | None:
    """The admin who still has to choose a password; None when some admin can already sign in."""
    ready = User.active & User.is_admin & User.password_hash.is_not(None)
    if db.session.scalar(sa.select(sa.exists().where(ready))):
        return None
    invited = sa.select(User).where(User.active, User.is_admin).order_by(User.created_at, User.id).limit(1)
    return db.session.scalar(invited) or new_admin(at)


def is_awaited(user: User) -> bool:
    """Whether this is the first admin, who has not chosen names and a password yet."""
    return user.service_number == SERVICE_NUMBER and user.password_hash is None


def new_admin(at: datetime) -> User:
    """Named First admin, with the service number ADMIN; the invitation lets the person change both."""
    user = db.session.scalar(sa.select(User).where(User.service_number == SERVICE_NUMBER))
    if user is None:
        user = User(name="First admin", service_number=SERVICE_NUMBER, created_at=at)
        db.session.add(user)
    user.is_admin = user.active = True
    db.session.flush()
    return user
