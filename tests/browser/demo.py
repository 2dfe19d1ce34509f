"""The demo's people on a served instance."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.browser.server import ROOT, Server
from training import create_app, demo
from training.cli import make_ready
from training.db import db
from training.demo import Account
from training.models import Cohort
from training.publishing.publish import publish_course, read_folder
from training.schema import upgrade


@dataclass(frozen=True)
class Demo:
    server: Server
    accounts: Mapping[str, Account]  # by role; the first of each
    join_code: str  # of the first trainer's cohort
    newcomers: Iterator[int]

    def new_service_number(self) -> str:
        """One that nobody has yet: each test joins with its own."""
        return f"NEW-{next(self.newcomers)}"


@contextmanager
def make_demo(
    folder: Path, at: datetime, *, second_version: bool = False, files: Mapping[str, str] | None = None
) -> Iterator[Demo]:
    """A demo in *folder*, as it is at a moment, served while the block runs.

    With a *second_version*, the longest module has changed a little since the cohorts began.
    *files*: of another course.
    """
    app = create_app(instance_path=str(folder))
    with app.app_context():
        if files:
            upgrade()
            publish_course(files, by=None, at=at)
            db.session.commit()
        if second_version:
            publish_earlier_text(app, at)
        make_ready(app)
        accounts = demo.fill(at=at)
        if second_version:
            publish_course(read_folder(ROOT / "modules"), by=None, at=at)
        db.session.commit()
        join_code = db.session.scalars(sa.select(Cohort.join_code).order_by(Cohort.name)).first()
        db.session.remove()
        db.engine.dispose()
    assert join_code
    first: dict[str, Account] = {}
    for account in accounts:
        first.setdefault(account.role.split()[0], account)
    with Server(folder) as server:
        yield Demo(server, first, join_code, count(20_417))


def publish_earlier_text(app: Flask, at: datetime) -> None:
    upgrade()
    files = read_folder(ROOT / "modules")
    path = "protection-of-civilians/01-what-poc-is/lesson.md"
    assert "Read your own mandate." in files[path]
    publish_course(files | {path: files[path].replace("Read your own mandate.", "Read the mandate.")}, by=None, at=at)
    db.session.commit()
