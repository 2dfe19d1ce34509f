"""Who is in a cohort: adding one person or a list, ending, and links for those who cannot sign in."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from training import invitations
from training.access import Person
from training.db import db, new_id
from training.domain.roster import RosterRow
from training.errors import Problem
from training.events import note
from training.models import Cohort, Enrolment, User

MOST_PEOPLE = 5000  # in a cohort


@dataclass(frozen=True)
class Member:
    id: uuid.UUID
    name: str
    sign_in_name: str
    enrolled_at: datetime
    has_password: bool
    may_renew: bool  # whether the reader of the page may make a new link for this person


def members(cohort: Cohort, role: str, reader: Person) -> Sequence[Member]:
    """Everybody who is in the cohort now, by name."""
    rows = db.session.execute(
        sa.select(User, Enrolment.enrolled_at, renewable(reader).label("may_renew"))
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == role, Enrolment.ended_at.is_(None))
    )
    found = [
        Member(user.id, user.name, user.sign_in_name, enrolled_at, user.password_hash is not None, may_renew)
        for user, enrolled_at, may_renew in rows
    ]
    return sorted(found, key=lambda member: (member.name.casefold(), member.id))


# Links


def renewable(reader: Person) -> sa.ColumnElement[bool]:
    """Whether *reader* may make a link with which the person of the row chooses a new password.

    Whoever holds such a link holds the account with everything in it. So a trainer makes one only for
    an account that came into being in a cohort of the trainer's own and has never been anywhere else,
    and never for an admin or for somebody who trains or has trained. Adding a known person to one's
    own cohort therefore opens nothing. Admins may make one for everybody who is active.
    """
    if reader.is_admin:
        return User.active.is_(True)
    place = aliased(Enrolment)  # each place that the person has or had
    elsewhere = (
        sa.select(sa.literal(1))
        .where(place.user_id == User.id, (place.role == "trainer") | ~runs(reader, place.cohort_id))
        .exists()
    )
    born = aliased(Enrolment)
    came_with_enrolment = (
        sa.select(sa.literal(1)).where(born.user_id == User.id, born.enrolled_at <= User.created_at).exists()
    )
    return User.active & ~User.is_admin & came_with_enrolment & ~elsewhere


def runs(reader: Person, cohort_id: sa.SQLColumnExpression[uuid.UUID]) -> sa.ColumnElement[bool]:
    own = aliased(Enrolment)
    return (
        sa.select(sa.literal(1))
        .where(
            own.cohort_id == cohort_id,
            own.user_id == reader.id,
            own.role == "trainer",
            own.ended_at.is_(None),
        )
        .exists()
    )


@dataclass(frozen=True)
class Invited:
    """A person with the link that is shown this once."""

    name: str
    sign_in_name: str
    link: str


def may_renew(enrolment: Enrolment, reader: Person) -> bool:
    """See renewable."""
    return bool(db.session.scalar(sa.select(renewable(reader)).where(User.id == enrolment.user_id)))


def renew_link(enrolment: Enrolment, *, by: Person, at: datetime) -> Invited:
    """A new link for a trainee; earlier links of theirs end."""
    user = enrolment.user
    if not may_renew(enrolment, by):
        raise Problem(
            _("You cannot make a link for this person: the account is not only of your cohorts. Ask an admin."),
            403,
        )
    token = invitations.invite(user.id, at, by=by.id)
    return Invited(user.name, user.sign_in_name, invitations.link(token))


def end_foreign_links(user_ids: Collection[uuid.UUID], at: datetime) -> None:
    """End the links of people who enter another cohort or become trainers.

    Somebody else may hold such a link, and would get hold of more than they were trusted with. Who
    has no password yet keeps the link: it is the only way in.
    """
    have_a_password = sa.select(User.id).where(User.id.in_(user_ids), User.password_hash.is_not(None))
    invitations.end_links(have_a_password, at)


# Adding


class Outcome(StrEnum):
    """What adding a row does."""

    NEW = "new"  # makes an account, with a link
    KNOWN = "known"  # enrols the account that has this sign-in name
    BACK = "back"  # was in the cohort before: comes back
    ALREADY = "already"  # is in the cohort: nothing changes
    TWO_PEOPLE = "two-people"  # the e-mail address and the service number belong to two accounts
    SAME_PERSON = "same-person"  # an earlier row means the same account
    CLOSED = "closed"  # an admin closed the account


ADDS = frozenset({Outcome.NEW, Outcome.KNOWN, Outcome.BACK})
REFUSED = frozenset({Outcome.TWO_PEOPLE, Outcome.SAME_PERSON, Outcome.CLOSED})


@dataclass(frozen=True)
class PlannedRow:
    row: RosterRow
    outcome: Outcome
    user_id: uuid.UUID | None = None  # of the known account; None for a new one


def plan(cohort: Cohort, rows: Sequence[RosterRow], role: str) -> tuple[PlannedRow, ...]:
    """What adding *rows* does, as things are now. Two statements, however many rows there are."""
    accounts = accounts_named(rows)
    places = places_of({user.id for user in accounts.values()}, cohort, role)
    planned: list[PlannedRow] = []
    met: set[uuid.UUID] = set()
    for row in rows:
        known = {user.id: user for name in (row.email, row.service_number) if (user := accounts.get(name or ""))}
        user = next(iter(known.values()), None)
        if user is None:
            outcome = Outcome.NEW
        elif len(known) > 1:
            outcome = Outcome.TWO_PEOPLE
        elif user.id in met:
            outcome = Outcome.SAME_PERSON
        elif not user.active:
            outcome = Outcome.CLOSED
        elif user.id not in places:
            outcome = Outcome.KNOWN
        else:
            outcome = Outcome.ALREADY if places[user.id] is None else Outcome.BACK
        met.update(known)
        planned.append(PlannedRow(row, outcome, user.id if user else None))
    return tuple(planned)


def accounts_named(rows: Iterable[RosterRow]) -> Mapping[str, User]:
    """The accounts by sign-in name. An address has an @ and a service number has none, so they do not mix."""
    emails = {row.email for row in rows if row.email}
    numbers = {row.service_number for row in rows if row.service_number}
    users = db.session.scalars(sa.select(User).where(User.email.in_(emails) | User.service_number.in_(numbers)))
    return {name: user for user in users for name in (user.email, user.service_number) if name}


def places_of(user_ids: Collection[uuid.UUID], cohort: Cohort, role: str) -> Mapping[uuid.UUID, datetime | None]:
    """When the place of each person in the cohort ended; None while it lasts."""
    rows = db.session.execute(
        sa.select(Enrolment.user_id, Enrolment.ended_at).where(
            Enrolment.cohort_id == cohort.id, Enrolment.role == role, Enrolment.user_id.in_(user_ids)
        )
    )
    return dict(rows.all())


def carry_out(
    cohort: Cohort, planned: Sequence[PlannedRow], role: str, *, by: uuid.UUID, at: datetime
) -> tuple[Invited, ...]:
    """Add everybody in the plan who can be added, all or nobody. The new people, with their links."""
    added = [one for one in planned if one.outcome in ADDS]
    check_room(cohort, len(added))
    new = {new_id(): one.row for one in added if one.outcome is Outcome.NEW}
    known = [one.user_id for one in added if one.user_id and one.outcome is Outcome.KNOWN]
    back = [one.user_id for one in added if one.user_id and one.outcome is Outcome.BACK]
    try:
        for user_id, row in new.items():
            db.session.add(
                User(id=user_id, name=row.name, email=row.email, service_number=row.service_number, created_at=at)
            )
            note("user-added", f"user:{user_id}", actor=by, at=at)
        db.session.flush()
        for user_id in [*new, *known]:
            db.session.add(Enrolment(user_id=user_id, cohort_id=cohort.id, role=role, enrolled_at=at))
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise Problem(_("Somebody added one of these people at the same moment. Repeat the step."), 409) from None
    take_back(cohort, back, role)
    end_foreign_links([*known, *back], at)
    for user_id in [*new, *known, *back]:
        note("enrolled", f"cohort:{cohort.id}", actor=by, at=at, user=str(user_id), role=role)
    tokens = invitations.invite_all(list(new), at, by=by) if new else {}
    return tuple(Invited(row.name, row.sign_in_name, invitations.link(tokens[user_id])) for user_id, row in new.items())


def check_room(cohort: Cohort, count: int) -> None:
    there = db.session.scalar(
        sa.select(sa.func.count()).where(Enrolment.cohort_id == cohort.id, Enrolment.ended_at.is_(None))
    )
    if (there or 0) + count > MOST_PEOPLE:
        raise Problem(_("A cohort has at most %(most)s people. Make a second cohort.", most=MOST_PEOPLE), 422)


def take_back(cohort: Cohort, user_ids: Collection[uuid.UUID], role: str) -> None:
    """Their places go on. Since when they have them stays: see renewable."""
    db.session.execute(
        sa.update(Enrolment)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == role, Enrolment.user_id.in_(user_ids))
        .values(ended_at=None)
        .execution_options(synchronize_session=False)
    )


def objection(planned: PlannedRow) -> str | None:
    """Why a row cannot be added, in a sentence."""
    match planned.outcome:
        case Outcome.TWO_PEOPLE:
            return _("The e-mail address and the service number belong to two accounts. Give only one of them.")
        case Outcome.SAME_PERSON:
            return _("An earlier row is the same person. Take out one of the two rows.")
        case Outcome.CLOSED:
            return _("An admin closed this account. Ask an admin to open it again.")
    return None


def end(enrolment: Enrolment, *, by: uuid.UUID, at: datetime) -> None:
    """The person leaves the cohort. What they did stays, and adding them again brings it back."""
    if enrolment.ended_at is None:
        enrolment.ended_at = at
        gone = {"user": str(enrolment.user_id), "role": enrolment.role}
        note("enrolment-ended", f"cohort:{enrolment.cohort_id}", actor=by, at=at, **gone)
