"""What the list of modules and the page of a module show."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from flask_babel import gettext as _

from training.curriculum import newest_versions
from training.db import db
from training.models import Draft, ModuleVersion, User
from training.publishing.checks import Check, check
from training.publishing.drafts import Workspace

TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
MOST_VERSIONS = 100


@dataclass(frozen=True)
class ModuleRow:
    slug: str
    title: str
    number: int | None  # of the newest version; None before the first
    published_at: datetime | None
    draft_changed_at: datetime | None  # None: no draft is open
    draft_changed_by: str | None
    errors: int
    warnings: int


@dataclass(frozen=True)
class FileRow:
    name: str
    what: str
    errors: int
    warnings: int


@dataclass(frozen=True)
class FileGroup:
    """The files of one lesson, or one file that belongs to none."""

    folder: str | None
    title: str | None
    files: Sequence[FileRow]


@dataclass(frozen=True)
class VersionRow:
    number: int
    published_at: datetime
    by: str
    note: str
    digest: str


def module_rows() -> list[ModuleRow]:
    """The modules in the order of the course; new ones, which only have a draft, at the end."""
    versions = {version.module_slug: version for version in newest_versions()}
    drafts = {draft.module_slug: draft for draft in db.session.scalars(sa.select(Draft).order_by(Draft.module_slug))}
    names = names_of({draft.changed_by for draft in drafts.values()})
    slugs = dict.fromkeys([*versions, *drafts])
    return [module_row(slug, versions.get(slug), drafts.get(slug), names) for slug in slugs]


def module_row(
    slug: str, version: ModuleVersion | None, draft: Draft | None, names: Mapping[uuid.UUID, str]
) -> ModuleRow:
    checked = check(slug, draft.files) if draft else Check(None, ())
    title = title_in(draft.files.get(f"{slug}/module.yaml", "")) if draft else None
    return ModuleRow(
        slug=slug,
        title=version.title if version else title or slug,
        number=version.number if version else None,
        published_at=version.published_at if version else None,
        draft_changed_at=draft.changed_at if draft else None,
        draft_changed_by=names.get(draft.changed_by) if draft else None,
        errors=len(checked.errors),
        warnings=len(checked.warnings),
    )


def names_of(people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    if not people:
        return {}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in rows}


def title_in(text: str) -> str | None:
    """The title that a lesson or a module gives itself, as far as one can see it without reading the rest."""
    found = TITLE.search(text[:2000])
    return found[1][:120] if found else None


def title_of(work: Workspace) -> str:
    return title_in(work.files.get(f"{work.slug}/module.yaml", "")) or work.slug


def lesson_title(work: Workspace, folder: str) -> str:
    """The title of a lesson; its folder where it gives itself none."""
    return title_in(work.files.get(work.path_of(f"{folder}/lesson.md"), "")) or folder


def title_of_file(work: Workspace, name: str) -> str | None:
    """The title of the lesson or the scenario that a file belongs to; the name of a drawing. None for the others."""
    folder, _slash, file = name.rpartition("/")
    if folder in ("figures", "scenarios"):
        return title_in(work.files.get(work.path_of(name), "")) or file
    return lesson_title(work, folder) if folder else None


def file_groups(work: Workspace, checked: Check) -> list[FileGroup]:
    """The files in the order in which one reads them."""
    groups = []
    for folder, names in groupby(work.names, key=lambda name: name.rpartition("/")[0] or name):
        rows = [file_row(work, name, checked) for name in names]
        is_lesson = folder in work.lessons
        groups.append(FileGroup(folder if is_lesson else None, lesson_title(work, folder) if is_lesson else None, rows))
    return groups


def file_row(work: Workspace, name: str, checked: Check) -> FileRow:
    problems = checked.of(work.path_of(name))
    errors = sum(problem.is_error for problem in problems)
    return FileRow(name, what_is(name), errors, len(problems) - errors)


def what_is(name: str) -> str:
    folder, _slash, file = name.rpartition("/")
    return {
        "figures": _("Drawing"),
        "scenarios": _("Scenario"),
    }.get(folder) or {
        "module.yaml": _("Title, aim, objectives and quizzes"),
        "lesson.md": _("Text"),
        "questions.yaml": _("Questions"),
        "sources.yaml": _("Sources"),
        "glossary.yaml": _("Words explained"),
    }.get(file, file)


def version_rows(slug: str) -> Sequence[VersionRow]:
    """The versions, the newest first."""
    rows = db.session.execute(
        sa.select(ModuleVersion.number, ModuleVersion.published_at, User.name, ModuleVersion.note, ModuleVersion.digest)
        .outerjoin(User, User.id == ModuleVersion.published_by)
        .where(ModuleVersion.module_slug == slug)
        .order_by(ModuleVersion.number.desc())
        .limit(MOST_VERSIONS)
    )
    return [
        VersionRow(number, published_at, name or _("the command line"), note, digest[:12])
        for number, published_at, name, note, digest in rows
    ]


def version_before(version: ModuleVersion) -> ModuleVersion | None:
    return db.session.scalar(
        sa.select(ModuleVersion).where(
            ModuleVersion.module_slug == version.module_slug, ModuleVersion.number == version.number - 1
        )
    )
