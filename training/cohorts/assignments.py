"""Which modules a cohort has to do, in which version, and by when."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from training.curriculum import module_of, newest_versions
from training.db import db, insert, new_id
from training.domain.content import Assessment
from training.errors import Problem
from training.events import note
from training.models import Assignment, Cohort, ModuleVersion


@dataclass(frozen=True)
class AssignedModule:
    assignment: Assignment
    title: str
    language: str  # of the title and all else in the module
    number: int  # of the version that the cohort is on
    newest: int  # of the newest version of this module
    assessments: tuple[Assessment, ...]

    @property
    def is_behind(self) -> bool:
        return self.number < self.newest


def assigned_modules(cohort: Cohort) -> Sequence[AssignedModule]:
    """Withdrawn ones as well, in the order of the course."""
    newest = (
        sa.select(sa.func.max(ModuleVersion.number))
        .where(ModuleVersion.module_slug == Assignment.module_slug)
        .correlate(Assignment)
        .scalar_subquery()
    )
    own = aliased(ModuleVersion)
    rows = db.session.execute(
        sa.select(Assignment, own.number, newest)
        .join(own, own.id == Assignment.module_version_id)
        .where(Assignment.cohort_id == cohort.id)
    )
    found = []
    for assignment, number, last in rows:
        module = module_of(assignment.module_version_id)
        found.append(AssignedModule(assignment, module.title, module.language, number, last, module.assessments))
    return sorted(found, key=lambda one: (module_of(one.assignment.module_version_id).position, one.title))


def unassigned_versions(cohort: Cohort) -> list[ModuleVersion]:
    """The newest versions of the modules that the cohort never had."""
    taken = set(db.session.scalars(sa.select(Assignment.module_slug).where(Assignment.cohort_id == cohort.id)))
    return [version for version in newest_versions() if version.module_slug not in taken]


def add_assignments(
    cohort: Cohort,
    versions: Collection[ModuleVersion],
    *,
    opens_at: datetime | None,
    due_at: datetime | None,
    by: uuid.UUID,
    at: datetime,
) -> None:
    """Assign these versions. A module that the cohort has already stays as it is."""
    if not versions:
        return
    db.session.execute(
        insert(Assignment).on_conflict_do_nothing(),
        [
            {
                "id": new_id(),
                "cohort_id": cohort.id,
                "module_slug": version.module_slug,
                "module_version_id": version.id,
                "opens_at": opens_at,
                "due_at": due_at,
                "created_at": at,
                "withdrawn_at": None,
            }
            for version in versions
        ],
    )
    for version in versions:
        note("assigned", f"cohort:{cohort.id}", actor=by, at=at, module=version.module_slug, version=version.number)


def dates_of(assignment: Assignment) -> dict[str, date | None]:
    """The days of opening and end, as a form shows them."""
    return {
        "opens_on": assignment.opens_at.date() if assignment.opens_at else None,
        "due_on": assignment.due_at.date() if assignment.due_at else None,
    }


def change_dates(
    assignment: Assignment, *, opens_on: date | None, due_on: date | None, by: uuid.UUID, at: datetime
) -> None:
    assignment.opens_at, assignment.due_at = opening_moment(opens_on), due_moment(due_on)
    note("dates-changed", f"cohort:{assignment.cohort_id}", actor=by, at=at, module=assignment.module_slug)


def withdraw(assignment: Assignment, *, by: uuid.UUID, at: datetime) -> None:
    """Trainees no longer see the module. What they did stays."""
    if assignment.withdrawn_at is None:
        assignment.withdrawn_at = at
        note("withdrawn", f"cohort:{assignment.cohort_id}", actor=by, at=at, module=assignment.module_slug)


def restore(assignment: Assignment, *, by: uuid.UUID, at: datetime) -> None:
    if assignment.withdrawn_at is not None:
        assignment.withdrawn_at = None
        note("restored", f"cohort:{assignment.cohort_id}", actor=by, at=at, module=assignment.module_slug)


def move(assignment: Assignment, number: int, *, by: uuid.UUID, at: datetime) -> None:
    """Bring the cohort to version *number*, which must be the newest: the one that the trainer was shown."""
    newest = db.session.scalars(
        sa.select(ModuleVersion)
        .where(ModuleVersion.module_slug == assignment.module_slug)
        .order_by(ModuleVersion.number.desc())
        .limit(1)
    ).one()
    if newest.number != number:
        raise Problem(_("A newer version came out in the meantime. Load the page again and repeat the step."), 409)
    if assignment.module_version_id != newest.id:
        assignment.module_version_id = newest.id
        note("moved", f"cohort:{assignment.cohort_id}", actor=by, at=at, module=assignment.module_slug, version=number)


def opening_moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def due_moment(day: date | None) -> datetime | None:
    """The last second of the day, so that the whole day can be used."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None
