"""Published modules, by version. A version never changes, so what was read once is kept in memory."""

import uuid
from collections.abc import Collection, Sequence
from functools import lru_cache

import sqlalchemy as sa

from training.db import db
from training.domain.bank import Bank
from training.domain.content import Assessment, Module, Term
from training.domain.library import read_glossary
from training.models import Assignment, Attempt, ModuleVersion


@lru_cache(maxsize=64)
def module_of(version_id: uuid.UUID) -> Module:
    """The document of a version: all that a trainee may see."""
    document = db.session.execute(sa.select(ModuleVersion.document).where(ModuleVersion.id == version_id)).scalar_one()
    return Module.model_validate(document, strict=False)  # JSON has lists where the document has tuples


def bank_of(attempt: Attempt) -> Bank:
    """The modules that the attempt's items were drawn from, in the versions of its start."""
    return bank_of_versions(versions_of(attempt))


def versions_of(attempt: Attempt) -> tuple[uuid.UUID, ...]:
    """The versions that the attempt has items of: its own module's first, then those of others."""
    return (attempt.module_version_id, *(uuid.UUID(version) for _slug, version in sorted(attempt.pins.items())))


@lru_cache(maxsize=64)
def bank_of_versions(versions: tuple[uuid.UUID, ...]) -> Bank:
    return Bank(tuple(module_of(version) for version in versions))


def assessment_of(attempt: Attempt) -> Assessment:
    """As it was when the attempt began."""
    return module_of(attempt.module_version_id).assessment_by_id[attempt.assessment]


def versions_for(cohort_id: uuid.UUID, slugs: Collection[str]) -> dict[str, uuid.UUID]:
    """The version of each of these modules that the cohort is on, or the newest where it has none."""
    if not slugs:
        return {}
    rows = db.session.execute(
        sa.select(ModuleVersion.module_slug, ModuleVersion.id)
        .outerjoin(
            Assignment,
            (Assignment.module_version_id == ModuleVersion.id)
            & (Assignment.cohort_id == cohort_id)
            & Assignment.withdrawn_at.is_(None),
        )
        .where(ModuleVersion.module_slug.in_(slugs))
        .order_by(Assignment.id.is_not(None), ModuleVersion.number)
    )
    return {slug: version for slug, version in rows}  # noqa: C416 (a row is no tuple to the type checker)


def newest_versions() -> list[ModuleVersion]:
    """The newest version of each module, in the order of the course."""
    newest = sa.select(ModuleVersion.module_slug, sa.func.max(ModuleVersion.number)).group_by(ModuleVersion.module_slug)
    found = db.session.scalars(
        sa.select(ModuleVersion).where(sa.tuple_(ModuleVersion.module_slug, ModuleVersion.number).in_(newest))
    )
    return sorted(found, key=lambda version: (module_of(version.id).position, version.module_slug))


def words() -> Sequence[Term]:
    """Every word that the course explains, by alphabet, also those that no lesson uses yet."""
    newest = sa.select(ModuleVersion.id).order_by(ModuleVersion.published_at.desc(), ModuleVersion.id).limit(1)
    version = db.session.scalar(newest)
    return words_of(version) if version else ()


@lru_cache(maxsize=4)
def words_of(version_id: uuid.UUID) -> Sequence[Term]:
    """Of the glossary that was published with a version."""
    files = db.session.execute(sa.select(ModuleVersion.files).where(ModuleVersion.id == version_id)).scalar_one()
    return sorted(read_glossary(files).terms.values(), key=lambda term: term.term.casefold())
