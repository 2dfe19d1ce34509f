"""The right answers of published versions. Only marking, reports and authors may import this module
(an import contract says so), so that no other path can send a key to a trainee.

A key that was found wrong is put right by changes that are laid over it (domain/marking_again.py).
"""

import uuid
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from training.curriculum import versions_of
from training.db import db, rows
from training.domain.content import KEY, Key
from training.domain.marking_again import Change, Ruling, in_force, with_changes
from training.models import Assignment, Attempt, KeyChange, ModuleVersion


@lru_cache(maxsize=64)
def key_of(version_id: uuid.UUID) -> Key:
    """The key as it was published."""
    key = db.session.execute(sa.select(ModuleVersion.key).where(ModuleVersion.id == version_id)).scalar_one()
    return KEY.validate_python(key, strict=False)


@lru_cache(maxsize=256)
def key_with(versions: tuple[uuid.UUID, ...], changes: tuple[Change, ...]) -> Key:
    """The keys of *versions*, the first before the others, with *changes* laid over them in their order."""
    published = {item: one for version in reversed(versions) for item, one in key_of(version).items()}
    return with_changes(published, in_force(changes))


# The columns of a Change, in its order.
CHANGE = (
    KeyChange.module_version_id,
    KeyChange.item_id,
    KeyChange.cohort_id,
    KeyChange.change,
    KeyChange.reason,
    KeyChange.changed_at,
)
CHANGES = sa.select(*CHANGE).order_by(KeyChange.changed_at, KeyChange.id)
CHANGES_FOR = CHANGES.where(
    KeyChange.module_version_id.in_(sa.bindparam("versions", expanding=True)),
    KeyChange.cohort_id.is_(None)
    | (
        KeyChange.cohort_id
        == sa.select(Assignment.cohort_id)
        .where(Assignment.id == sa.bindparam("assignment", type_=sa.Uuid()))
        .scalar_subquery()
    ),
)


def changes_for(attempt: Attempt) -> Sequence[Change]:
    """The changes that concern the attempt, in their order."""
    found = rows(CHANGES_FOR, {"versions": versions_of(attempt), "assignment": attempt.assignment_id})
    return [change_from(row) for row in found]


def changes_in(cohort: uuid.UUID) -> Sequence[Change]:
    """The changes that concern a cohort, in their order."""
    wanted = CHANGES.where(KeyChange.cohort_id.is_(None) | (KeyChange.cohort_id == cohort))
    return [change_from(row) for row in rows(wanted, {})]


def all_changes() -> Sequence[Change]:
    return [change_from(row) for row in rows(CHANGES, {})]


def change_from(row: Any) -> Change:
    version, item, cohort, change, reason, at = row
    return Change(version, item, cohort, Ruling.model_validate(change, strict=False), reason, at)


def hold_keys(versions: Collection[uuid.UUID], *, alone: bool) -> None:
    """Nobody changes the keys of *versions* until the transaction ends; *alone*: nobody marks with them either.

    (SQLite needs none: its writing transactions stand in a queue.)
    """
    if db.engine.dialect.name == "postgresql":
        held = sa.select(ModuleVersion.id).where(ModuleVersion.id.in_(versions)).order_by(ModuleVersion.id)
        db.session.execute(held.with_for_update(key_share=True) if alone else held.with_for_update(read=True)).all()
