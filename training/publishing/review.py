"""The last look before a draft becomes a version, and the step itself."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from training.curriculum import module_of
from training.db import db
from training.domain.content import Item, Module
from training.errors import Problem
from training.models import Assignment, Cohort, ModuleVersion
from training.publishing.checks import Check, check
from training.publishing.differences import FileDifference, differences
from training.publishing.drafts import Workspace
from training.publishing.publish import publish

MOST_COHORTS = 200


@dataclass(frozen=True)
class ItemChanges:
    """The questions of a new version beside the newest one's. The id and the digest decide."""

    added: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    same: int = 0


@dataclass(frozen=True)
class CohortVersion:
    cohort: str
    number: int


@dataclass(frozen=True)
class Review:
    check: Check
    differences: tuple[FileDifference, ...]
    items: ItemChanges
    cohorts: Sequence[CohortVersion]
    is_new_for_trainees: bool

    @property
    def may_publish(self) -> bool:
        return self.check.module is not None and self.is_new_for_trainees


def review_of(work: Workspace) -> Review:
    checked = check(work.slug, work.files)
    module = checked.module
    before = module_of(work.newest.id) if work.newest else None
    return Review(
        check=checked,
        differences=differences(work.published, work.files),
        items=item_changes(before, module.document) if module else ItemChanges(),
        cohorts=cohorts_on(work.slug),
        is_new_for_trainees=module is not None and (work.newest is None or work.newest.digest != module.digest),
    )


def item_changes(before: Module | None, after: Module) -> ItemChanges:
    old = before.item_by_id if before else {}
    return ItemChanges(
        added=tuple(item for item in after.items if item.id not in old),
        changed=tuple(item for item in after.items if item.id in old and old[item.id].digest != item.digest),
        removed=tuple(item for item in old.values() if item.id not in after.item_by_id),
        same=sum(item.id in old and old[item.id].digest == item.digest for item in after.items),
    )


def cohorts_on(slug: str) -> Sequence[CohortVersion]:
    """Which version each cohort works with that has the module to do."""
    rows = db.session.execute(
        sa.select(Cohort.name, ModuleVersion.number)
        .join(Assignment, Assignment.cohort_id == Cohort.id)
        .join(ModuleVersion, ModuleVersion.id == Assignment.module_version_id)
        .where(Assignment.module_slug == slug, Assignment.withdrawn_at.is_(None))
        .order_by(ModuleVersion.number, Cohort.name, Cohort.id)
        .limit(MOST_COHORTS)
    )
    return [CohortVersion(name, number) for name, number in rows]


def publish_draft(work: Workspace, *, seen: str, note: str, by: uuid.UUID, at: datetime) -> ModuleVersion:
    """Make the draft the newest version, if it is still what was *seen*; the draft is gone then.

    Attempts that run and cohorts that learn stay on their version: their trainers move them.
    """
    if work.draft is None:
        raise Problem(_("This draft was published or discarded by somebody else. Nothing was published now."), 409)
    if work.digest != seen:
        raise Problem(_("The draft has changed since you looked. Read the review again, then publish."), 409)
    module = check(work.slug, work.files).module
    if module is None:
        raise Problem(_("The draft has errors. Put them right, then publish."), 422)
    try:
        version = publish(module, by=by, at=at, note=note)
    except IntegrityError:  # the command line published it at the same moment
        db.session.rollback()
        message = _("Somebody else published this module at the same moment. Read the review again, then publish.")
        raise Problem(message, 409) from None
    if version is None:
        raise Problem(_("For trainees nothing would change, so there is nothing to publish."), 422)
    db.session.delete(work.draft)
    return version
