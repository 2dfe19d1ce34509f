"""The people who can sign in, as admins look after them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from training.access import TRAINS_SOMEBODY
from training.accounts import sign_ins
from training.accounts.names import NONE_GIVEN, NOT_A_NUMBER, NOT_AN_EMAIL, TAKEN
from training.db import db
from training.domain.sign_in_names import fold_email, fold_service_number
from training.errors import Problem
from training.events import note
from training.invitations import end_links
from training.models import User

PAGE = 50


class NameTaken(Problem):
    """Somebody else has this e-mail address or service number."""

    def __init__(self) -> None:
        super().__init__(str(TAKEN), 409)


@dataclass(frozen=True)
class Listed:
    id: uuid.UUID
    name: str
    sign_in_name: str
    is_admin: bool
    is_trainer: bool
    active: bool
    has_password: bool


@dataclass(frozen=True)
class Listing:
    people: Sequence[Listed]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, ceil(self.count / PAGE))


def listing(searched: str, page: int) -> Listing:
    """The people whose name or sign-in name has *searched* in it, by name."""
    fitting: sa.ColumnElement[bool] = sa.true()
    if searched:
        names = User.name, User.email, User.service_number
        fitting = sa.or_(*(name.icontains(searched, autoescape=True) for name in names))
    count = db.session.scalar(sa.select(sa.func.count(User.id)).where(fitting)) or 0
    rows = db.session.execute(
        sa.select(User, TRAINS_SOMEBODY)
        .where(fitting)
        .order_by(sa.func.lower(User.name), User.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Listing(
        [
            Listed(
                user.id,
                user.name,
                user.sign_in_name,
                user.is_admin,
                bool(trains),
                user.active,
                user.password_hash is not None,
            )
            for user, trains in rows
        ],
        count,
        page,
    )


def add(name: str, *, email: str | None, service_number: str | None, by: uuid.UUID | None, at: datetime) -> User:
    """A new person, who cannot sign in before they have chosen a password. *by*: None for the command line."""
    user = make(name, email=email, service_number=service_number, at=at)
    note("account-made", f"user:{user.id}", actor=by, at=at)
    return user


def join(name: str, *, email: str | None, service_number: str | None, at: datetime) -> User:
    """A new person who makes the account themselves."""
    user = make(name, email=email, service_number=service_number, at=at)
    note("account-made", f"user:{user.id}", actor=user.id, at=at)
    return user


def make(name: str, *, email: str | None, service_number: str | None, at: datetime) -> User:
    address, number = folded(email, service_number)
    user = User(name=name, email=address, service_number=number, created_at=at)
    store(user)
    return user


def add_or_find(
    name: str, *, email: str | None, service_number: str | None, is_admin: bool, by: uuid.UUID | None, at: datetime
) -> User:
    """The person with one of these sign-in names, made where nobody has them. Admin is given, never taken."""
    address, number = folded(email, service_number)
    having = [User.email == address] * bool(address) + [User.service_number == number] * bool(number)
    known = db.session.scalars(sa.select(User).where(sa.or_(*having))).all()
    if len(known) > 1:
        raise Problem(_("The e-mail address and the service number belong to two people. Give one of them."), 409)
    user = known[0] if known else add(name, email=address, service_number=number, by=by, at=at)
    if not user.active:
        raise Problem(_("This account is switched off. An admin has to switch it on first."), 409)
    if is_admin:
        set_admin(user, True, by=by, at=at)
    return user


def change(
    user: User,
    name: str,
    *,
    email: str | None,
    service_number: str | None,
    is_admin: bool,
    active: bool,
    by: uuid.UUID,
    at: datetime,
) -> None:
    set_admin(user, is_admin, by=by, at=at)  # first: it may lock all admins, and locks are taken in one order
    set_active(user, active, by=by, at=at)
    user.name = name
    rename(user, email=email, service_number=service_number, by=by, at=at)


def rename(
    user: User, *, email: str | None = None, service_number: str | None = None, by: uuid.UUID, at: datetime
) -> None:
    """Give *user* these sign-in names."""
    names = folded(email, service_number)
    if names != (user.email, user.service_number):
        user.email, user.service_number = names
        store(user)
        note("sign-in-names-changed", f"user:{user.id}", actor=by, at=at)


def store(user: User) -> None:
    """Write *user*; the database says whether the sign-in names are free."""
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise NameTaken from None


def folded(email: str | None, service_number: str | None) -> tuple[str | None, str | None]:
    """Both names as they are kept; at least one, and each of them sane."""
    address = fold_email(email) if email else None
    number = fold_service_number(service_number) if service_number else None
    if email and not address:
        raise Problem(str(NOT_AN_EMAIL), 422)
    if service_number and not number:
        raise Problem(str(NOT_A_NUMBER), 422)
    if not address and not number:
        raise Problem(str(NONE_GIVEN), 422)
    return address, number


def set_admin(user: User, is_admin: bool, *, by: uuid.UUID | None, at: datetime) -> None:
    if is_admin == user.is_admin:
        return
    if user.id == by:
        raise Problem(_("You cannot change this for yourself. Ask another admin."), 403)
    if not is_admin:
        keep_an_admin(user)
    end_links([user.id], at)
    user.is_admin = is_admin
    note("made-admin" if is_admin else "admin-taken", f"user:{user.id}", actor=by, at=at)


def set_active(user: User, active: bool, *, by: uuid.UUID, at: datetime) -> None:
    """Switch an account on or off. Off ends each sign-in at once; what the person did stays."""
    if active == user.active:
        return
    if not active:
        keep_an_admin(user)
        sign_ins.end_everywhere(user.id, at)
    user.active = active
    note("switched-on" if active else "switched-off", f"user:{user.id}", actor=by, at=at)


def keep_an_admin(user: User) -> None:
    """Refuse to lose the last admin who can sign in. Locks them all: two admins may demote each other at once."""
    if not user.is_admin:
        return
    can_sign_in = User.is_admin & User.active & User.password_hash.is_not(None)
    admins = db.session.scalars(sa.select(User.id).where(can_sign_in).order_by(User.id).with_for_update()).all()
    if not set(admins) - {user.id}:
        raise Problem(_("This is the last admin who can sign in. Make another person admin first."), 409)
