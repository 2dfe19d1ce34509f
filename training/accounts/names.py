"""Who has a sign-in name, and what is said when one cannot be taken."""

import uuid

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from training.db import db
from training.domain.sign_in_names import SignInName, fold
from training.models import User

NOT_AN_EMAIL = _l("This is not an e-mail address. Write it like name@example.org.")
NOT_A_NUMBER = _l("A service number has 3 to 40 letters and digits. Only - and / may stand between them.")
NEITHER = _l("Write your e-mail address, like name@example.org, or your service number.")
NONE_GIVEN = _l("Give an e-mail address or a service number.")
TAKEN = _l("Another account has this e-mail address or service number.")
TAKEN_PERHAPS_BY_YOU = _l("An account has this e-mail address or service number. If it is yours, sign in with it.")


def find_user(typed: str) -> User | None:
    """The person with this e-mail address or service number, as it was typed."""
    name = fold(typed)
    return db.session.scalar(sa.select(User).where(having(name))) if name else None


def having(name: SignInName) -> sa.ColumnElement[bool]:
    return User.email == name.email if name.email else User.service_number == name.service_number


def id_of(typed: str) -> uuid.UUID | None:
    user = find_user(typed)
    return user.id if user else None


def throttled_as(typed: str) -> str:
    """What tries at this name count against, whether anybody has it or not."""
    name = fold(typed)
    return f"name:{name.email or name.service_number}" if name else f"typed:{typed.casefold()}"
