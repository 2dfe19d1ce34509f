"""Published modules, by version. A version never changes, so what was read once is kept in memory."""

import uuid
from functools import lru_cache

import sqlalchemy as sa

from training.db import db
from training.domain.content import Module
from training.models import ModuleVersion


@lru_cache(maxsize=64)
def module_of(version_id: uuid.UUID) -> Module:
    """The document of a version: all that a trainee may see."""
    document = db.session.execute(sa.select(ModuleVersion.document).where(ModuleVersion.id == version_id)).scalar_one()
    return Module.model_validate(document, strict=False)  # JSON has lists where the document has tuples


def newest_versions() -> list[ModuleVersion]:
    """The newest version of each module, in the order of the course."""
    newest = sa.select(ModuleVersion.module_slug, sa.func.max(ModuleVersion.number)).group_by(ModuleVersion.module_slug)
    found = db.session.scalars(
        sa.select(ModuleVersion).where(sa.tuple_(ModuleVersion.module_slug, ModuleVersion.number).in_(newest))
    )
    return sorted(found, key=lambda version: (module_of(version.id).position, version.module_slug))
