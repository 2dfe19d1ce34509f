"""Keeping and checking passwords.

A hash is slow on purpose (about 20 ms and 19 MiB), so at most two are made at a time, and never
while a database transaction is open: nobody's answer waits for somebody's sign-in.
"""

import uuid
from collections.abc import Collection
from functools import lru_cache
from threading import BoundedSemaphore

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from training.access import TRAINS_SOMEBODY
from training.db import db
from training.domain.passwords import LONGEST, TRAINEE_LENGTH, TRAINER_LENGTH, Weakness, normal, weakness
from training.models import User
from training.turns import step_aside

hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
lane = BoundedSemaphore(2)
# Checked for unknown names, so that the time of an answer tells nothing. Made beforehand: a start need not wait.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$rRPkuWXZaGbAaiTYe1KyKg$zpdZDGVzYbgsBW0gyBEiJVkFFy0/tTYooUrs8v3DzVY"


@lru_cache(maxsize=1)
def common() -> Collection[str]:
    """The passwords that everybody knows. Read when the first password is chosen: most processes never need them."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 13 MB, most of it other lists

    return frozenset(FREQUENCY_LISTS["passwords"])


def hashed(password: str) -> str:
    """Ends the transaction under way: see above."""
    db.session.rollback()
    step_aside()
    with lane:
        return hasher.hash(normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether *password* is the one in *kept*; as slow where nothing is kept. Ends the transaction under way."""
    db.session.rollback()
    step_aside()
    with lane:
        try:
            return hasher.verify(kept or NOBODYS, normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether *kept* was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)


def minimum_for(user_id: uuid.UUID) -> int:
    """How many signs this person's password needs."""
    trains = db.session.scalar(sa.select(User.is_admin | TRAINS_SOMEBODY).where(User.id == user_id))
    return TRAINER_LENGTH if trains else TRAINEE_LENGTH


def objection(password: str, *, minimum: int, words: Collection[str]) -> str | None:
    """Why this password cannot be taken, in a sentence. *words*: the person's names and the cohort's."""
    match weakness(password, minimum=minimum, common=common(), words=words):
        case Weakness.SHORT:
            return _("The password is too short. Use at least %(count)s letters or signs.", count=minimum)
        case Weakness.LONG:
            return _("The password is too long. Use at most %(count)s letters or signs.", count=LONGEST)
        case Weakness.COMMON:
            return _("Many people use this password, so it is easy to guess. Use three or four words of your own.")
        case Weakness.REPEATED:
            return _("This password repeats the same few signs. Use three or four words of your own.")
        case Weakness.KNOWN_WORDS:
            return _("This password is a name that others can guess. Use three or four words of your own.")
        case None:
            return None
