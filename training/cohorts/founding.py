"""Making a cohort, and changing what it is called and who may join."""

import secrets
import uuid
from collections.abc import Collection
from datetime import date, datetime

from training.cohorts.assignments import add_assignments, due_moment
from training.db import db, new_id
from training.domain import join_codes
from training.events import note
from training.models import Cohort, Enrolment, ModuleVersion


def found_cohort(
    *,
    name: str,
    unit: str,
    country: str,
    deploys_on: date | None,
    versions: Collection[ModuleVersion],
    due_on: date | None,
    by: uuid.UUID,
    at: datetime,
) -> Cohort:
    """A new cohort with its modules. Who makes it becomes its trainer."""
    cohort = Cohort(
        id=new_id(), name=name, unit=unit, country=country, deploys_on=deploys_on, join_code=new_code(), created_at=at
    )
    db.session.add(cohort)
    db.session.flush()
    db.session.add(Enrolment(user_id=by, cohort_id=cohort.id, role="trainer", enrolled_at=at))
    note("cohort-made", f"cohort:{cohort.id}", actor=by, at=at)
    note("enrolled", f"cohort:{cohort.id}", actor=by, at=at, user=str(by), role="trainer")
    add_assignments(cohort, versions, opens_at=None, due_at=due_moment(due_on), by=by, at=at)
    return cohort


def change_join_code(cohort: Cohort, *, by: uuid.UUID, at: datetime) -> None:
    """The old code, on every printed sheet, stops working."""
    cohort.join_code = new_code()
    note("join-code-changed", f"cohort:{cohort.id}", actor=by, at=at)


def new_code() -> str:
    return join_codes.make(secrets.token_bytes(16))
