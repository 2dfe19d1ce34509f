"""Making a checked module the newest version. A version is never changed afterwards."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from training import events
from training.db import db
from training.domain.authoring import Course, ReadModule, read_course
from training.errors import Problem
from training.models import Module, ModuleVersion


def read_folder(folder: Path) -> dict[str, str]:
    """The text files of a curriculum by their paths in it; raises Problem for one that is not UTF-8."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = path.relative_to(folder).as_posix()
            try:
                files[name] = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                raise Problem(f"{name} is not UTF-8 text. Save it as UTF-8, or take it out of the folder.") from None
    return files


def newest(slug: str) -> ModuleVersion | None:
    return db.session.scalar(
        sa.select(ModuleVersion).where(ModuleVersion.module_slug == slug).order_by(ModuleVersion.number.desc()).limit(1)
    )


def publish(module: ReadModule, *, by: uuid.UUID | None, at: datetime, note: str = "") -> ModuleVersion | None:
    """Add *module* as the next version; None when the newest version says the same already.

    UNIQUE(module_slug, number) settles a race of two authors: one of them gets an IntegrityError.
    """
    slug = module.document.slug
    last = newest(slug)
    if last and last.digest == module.digest:
        return None
    if not last:
        db.session.add(Module(slug=slug, created_at=at))
        db.session.flush()
    version = ModuleVersion(
        module_slug=slug,
        number=last.number + 1 if last else 1,
        title=module.document.title,
        digest=module.digest,
        files=dict(module.files),
        document=module.document.model_dump(mode="json"),
        key={item: key.model_dump(mode="json") for item, key in module.key.items()},
        published_at=at,
        published_by=by,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    events.note("module published", f"module:{slug}", actor=by, at=at, number=version.number, digest=module.digest)
    return version


def publish_course(
    files: Mapping[str, str], *, by: uuid.UUID | None, at: datetime
) -> tuple[Course, list[ModuleVersion]]:
    """Publish each module of *files* that is sound and says something new.

    A module that said the same in any version is left alone: authors have moved on since, and
    publishing the same folder again must not undo what they published in the browser.
    """
    course = read_course(files)
    said = db.session.execute(sa.select(ModuleVersion.module_slug, ModuleVersion.digest))
    known = {(row.module_slug, row.digest) for row in said}
    fresh = [
        publish(module, by=by, at=at) for module in course.modules if (module.document.slug, module.digest) not in known
    ]
    return course, [version for version in fresh if version]
