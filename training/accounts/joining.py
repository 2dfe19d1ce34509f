"""Coming into a cohort with the code that the trainer shows."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.db import db, insert
from training.domain import join_codes
from training.errors import Problem
from training.events import note
from training.invitations import end_links
from training.models import Cohort, Enrolment

NO_COHORT = _l("This code does not open a cohort. Look at the code again, or ask your trainer for a new one.")


def open_cohort(typed: str) -> Cohort | None:
    """The cohort of this code, if it still lets people in."""
    code = join_codes.read(typed)
    return db.session.scalar(sa.select(Cohort).where(Cohort.join_code == code, Cohort.is_open)) if code else None


def enrol(user_id: uuid.UUID, cohort_id: uuid.UUID, at: datetime) -> None:
    """Make the person a trainee of the cohort. Doing it twice is doing it once."""
    added = db.session.execute(
        insert(Enrolment)
        .values(user_id=user_id, cohort_id=cohort_id, role="trainee", enrolled_at=at)
        .on_conflict_do_nothing()
        .returning(Enrolment.id)
    ).one_or_none()
    if added:
        end_links([user_id], at)
        note("enrolled", f"cohort:{cohort_id}", actor=user_id, at=at, user=str(user_id), role="trainee")
    elif not is_in(user_id, cohort_id):
        raise Problem(_("Your place in this cohort has ended. Ask your trainer to add you again."), 403)


def is_in(user_id: uuid.UUID, cohort_id: uuid.UUID) -> bool:
    """Whether the person is a trainee of the cohort now."""
    place = sa.select(Enrolment.id).where(
        Enrolment.user_id == user_id,
        Enrolment.cohort_id == cohort_id,
        Enrolment.role == "trainee",
        Enrolment.ended_at.is_(None),
    )
    return db.session.scalar(place) is not None
