"""A module's files while somebody edits them.

Nothing is lost by two people at once: who saves a file says which text they had before them, and
where the file says something else by now, the save is refused and both texts are shown.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from flask import abort
from flask_babel import gettext as _

from training import events
from training.access import Person, editable_for
from training.curriculum import module_of, newest_versions
from training.db import db, insert
from training.errors import Problem
from training.models import Draft, Module, ModuleVersion
from training.publishing.archives import LESSON_FILE, SHARED
from training.publishing.patterns import lesson_code, lesson_pattern, module_pattern, questions_pattern

MOST_BYTES = 2 * 2**20  # of all files of a draft together
MOST_LESSONS = 60


@dataclass(frozen=True)
class Workspace:
    """What an author works on: the draft's files, or the newest version's while there is no draft."""

    slug: str
    newest: ModuleVersion | None
    draft: Draft | None

    @cached_property
    def files(self) -> Mapping[str, str]:
        if self.draft:
            return self.draft.files
        return self.newest.files if self.newest else {}

    @cached_property
    def published(self) -> Mapping[str, str]:
        return self.newest.files if self.newest else {}

    @cached_property
    def digest(self) -> str:
        """Of the files and of what they are to replace: what a reviewer has seen."""
        number = self.newest.number if self.newest else 0
        return digest_of([number, self.files])

    @property
    def is_behind(self) -> bool:
        """Whether a version was published after this draft was begun."""
        return bool(self.draft and self.newest and self.draft.base_version_id != self.newest.id)

    def path_of(self, name: str) -> str:
        """The path in the draft of the file that an address calls *name*."""
        return name if name in SHARED else f"{self.slug}/{name}"

    def name_of(self, path: str) -> str:
        return path.removeprefix(f"{self.slug}/")

    def text_of(self, name: str) -> str:
        """The text of a file, or 404."""
        text = self.files.get(self.path_of(name))
        if text is None:
            abort(404)
        return text

    @cached_property
    def lessons(self) -> tuple[str, ...]:
        """The folders of the lessons, in their order."""
        matches = (LESSON_FILE.fullmatch(self.name_of(path)) for path in self.files)
        return tuple(sorted({match["folder"] for match in matches if match}))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files as addresses name them, in the order in which one reads them."""
        own = sorted((self.name_of(p) for p in self.files if p not in SHARED), key=lambda n: (n != "module.yaml", n))
        return (*own, *(name for name in SHARED if name in self.files))


def workspace_for(person: Person, slug: str) -> Workspace:
    """The module *slug* to read: admins only, 404 where there is neither a version nor a draft."""
    return Workspace(slug, *editable_for(person, slug))


def workspace_to_change(person: Person, slug: str) -> Workspace:
    """The same, while nobody else can change the draft: until this transaction ends."""
    return Workspace(slug, *editable_for(person, slug, to_change=True))


def digest_of(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def begun(work: Workspace, *, by: uuid.UUID, at: datetime) -> Draft:
    """The draft; begun from the newest version's files by the first change."""
    if work.draft:
        return work.draft
    db.session.execute(  # two authors may begin it at the same moment
        insert(Draft).on_conflict_do_nothing(),
        {
            "module_slug": work.slug,
            "base_version_id": work.newest.id if work.newest else None,
            "files": dict(work.published),
            "revision": 1,
            "changed_at": at,
            "changed_by": by,
        },
    )
    return db.session.execute(sa.select(Draft).where(Draft.module_slug == work.slug).with_for_update()).scalar_one()


def write(draft: Draft, files: Mapping[str, str], *, by: uuid.UUID, at: datetime) -> None:
    if sum(len(text.encode()) for text in files.values()) > MOST_BYTES:
        raise Problem(_("The texts of this module are larger than 2 MB together. Make them shorter."), 422)
    draft.files = dict(files)
    draft.revision += 1
    draft.changed_at, draft.changed_by = at, by


class Stale(Exception):
    """Somebody changed the file after the author had opened it."""

    def __init__(self, text: str | None) -> None:
        super().__init__()
        self.text = text  # what it says now; None where it is gone


def mark_of(text: str | None) -> str:
    """What a page sends back to say which text it showed: "" for a file that is not there."""
    return "" if text is None else digest_of(text)


def save_file(work: Workspace, name: str, text: str, *, seen: str, by: uuid.UUID, at: datetime) -> None:
    """Put *text* into a file. *seen*: the mark of the text that the author began from; else Stale is raised."""
    path = work.path_of(name)
    if work.files.get(path) == text:
        return
    draft = begun(work, by=by, at=at)
    current = draft.files.get(path)
    if mark_of(current) != seen:
        raise Stale(current)
    write(draft, {**draft.files, path: text}, by=by, at=at)


def begin_module(slug: str, title: str, *, by: uuid.UUID, at: datetime) -> None:
    """A draft of a new module that a person can fill in. Sources and terms come from the last publication."""
    if db.session.get(Module, slug) or db.session.get(Draft, slug):
        raise Problem(_("There is a module with this short name. Choose another one."), 422)
    versions = newest_versions()
    last = max(versions, key=lambda version: version.published_at, default=None)
    documents = [module_of(version.id) for version in versions]
    files = module_pattern(
        slug,
        title,
        position=max((document.position for document in documents), default=0) + 1,
        shared=last.files if last else {},
        taken={objective.id[:1] for document in documents for objective in document.objectives},
    )
    db.session.add(Draft(module_slug=slug, files=files, changed_at=at, changed_by=by))
    db.session.flush()  # the primary key settles a race of two authors


def add_lesson(work: Workspace, slug: str, title: str, *, by: uuid.UUID, at: datetime) -> str:
    """Add a lesson at the end; gives the name of its text."""
    draft = begun(work, by=by, at=at)
    work = replace(work, draft=draft)
    if slug in {folder[3:] for folder in work.lessons}:
        raise Problem(_("This module has a lesson with this short name. Choose another one."), 422)
    if len(work.lessons) >= MOST_LESSONS:
        raise Problem(_("A module has at most %(most)s lessons. Start a new module.", most=MOST_LESSONS), 422)
    number = max((int(folder[:2]) for folder in work.lessons), default=0) + 1
    if number > 99:
        raise Problem(_("The last lesson has the number 99. Give it a lower number first."), 422)
    folder = f"{number:02}-{slug}"
    code = lesson_code(draft.files, work.slug, number)
    fresh = {
        f"{work.slug}/{folder}/lesson.md": lesson_pattern(title, code, draft.files),
        f"{work.slug}/{folder}/questions.yaml": questions_pattern(code, draft.files),
    }
    write(draft, {**draft.files, **fresh}, by=by, at=at)
    return f"{folder}/lesson.md"


def rename_lesson(work: Workspace, folder: str, number: int, slug: str, *, by: uuid.UUID, at: datetime) -> None:
    """Give a lesson another place or another short name."""
    draft = begun(work, by=by, at=at)
    work = replace(work, draft=draft)
    need_lesson(work, folder)
    fresh = f"{number:02}-{slug}"
    others = [other for other in work.lessons if other != folder]
    if number in {int(other[:2]) for other in others}:
        raise Problem(_("Another lesson has the number %(number)s. Choose a free one.", number=number), 422)
    if slug in {other[3:] for other in others}:
        raise Problem(_("This module has a lesson with this short name. Choose another one."), 422)
    old, new = f"{work.slug}/{folder}/", f"{work.slug}/{fresh}/"
    moved = {new + path.removeprefix(old) if path.startswith(old) else path: text for path, text in draft.files.items()}
    write(draft, moved, by=by, at=at)


def delete_lesson(work: Workspace, folder: str, *, seen: str, by: uuid.UUID, at: datetime) -> None:
    draft = begun(work, by=by, at=at)
    work = replace(work, draft=draft)
    need_lesson(work, folder)
    need_unchanged(work, seen)
    own = f"{work.slug}/{folder}/"
    write(draft, {path: text for path, text in draft.files.items() if not path.startswith(own)}, by=by, at=at)


def need_lesson(work: Workspace, folder: str) -> None:
    if folder not in work.lessons:
        abort(404)


def need_unchanged(work: Workspace, seen: str) -> None:
    """What throws text away does so only with the text that the author has seen."""
    if work.digest != seen:
        raise Problem(_("The draft has changed since you looked. Go back, look at it again, and repeat the step."), 409)


def replace_files(work: Workspace, files: Mapping[str, str], *, seen: str, by: uuid.UUID, at: datetime) -> None:
    """Put the files of an archive in the place of the draft's. Sources and terms stay where it has none."""
    draft = begun(work, by=by, at=at)
    need_unchanged(replace(work, draft=draft), seen)
    kept = {path: text for path, text in draft.files.items() if path in SHARED}
    write(draft, {**kept, **files}, by=by, at=at)
    events.note("module imported", f"module:{work.slug}", actor=by, at=at, files=len(files))


def discard(work: Workspace, *, seen: str, by: uuid.UUID, at: datetime) -> None:
    """Throw the draft away, if it is the one that was *seen*."""
    if work.draft is None:
        raise Problem(_("There is no draft of this module any more. Nothing was changed."), 409)
    need_unchanged(work, seen)
    db.session.delete(work.draft)
    events.note("draft discarded", f"module:{work.slug}", actor=by, at=at)
