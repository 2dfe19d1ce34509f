"""The database: one schema on SQLite and on PostgreSQL, durable writes, tables that only grow.

SQLite is opened so that an acknowledged write survives a power cut (synchronous=FULL) and so that
"read, check, write" is one transaction: SQLAlchemy's default there begins too late and loses
updates in silence. Requests that may change something begin IMMEDIATE; readers never wait for them.
"""

import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVarTuple

import sqlalchemy as sa
from flask import Flask, current_app, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, QueryableAttribute, registry
from sqlalchemy.types import TypeDecorator

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this machine: the system's engine, without WAL where that can corrupt
    import sqlite3 as sqlite

Columns = TypeVarTuple("Columns")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset bug (sqlite.org/wal.html)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. SQLite drops time zones, so it is stored as UTC and naive instants are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """SQLite has text, which Python reads at once; what SQLAlchemy reads lacks the time zone, and to
        replace that takes four times as long."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda text: None if text is None else datetime.fromisoformat(text + "+00:00")


class Exact(TypeDecorator[Fraction]):
    """A fraction, kept exactly as "numerator/denominator"."""

    impl = sa.String(60)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else str(Fraction(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else fraction(value)


@lru_cache(maxsize=4096)
def fraction(text: str) -> Fraction:
    """*text* as a fraction. A report reads tens of thousands of them, and few are different."""
    return Fraction(text)


def digits(column: sa.ColumnElement[uuid.UUID] | QueryableAttribute[uuid.UUID]) -> sa.ColumnElement[str]:
    """An id as its `hex` has it, on each database. Reports that read tens of thousands of ids tell them
    apart by this: to make UUIDs of them took longer than to read them."""
    return sa.func.replace(sa.cast(column, sa.String(36)), "-", "", type_=sa.String(32))


JSONValue = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    registry = registry(
        type_annotation_map={
            datetime: UTCDateTime,
            Fraction: Exact,
            dict[str, Any]: JSONValue,
        },
        metadata=sa.MetaData(
            naming_convention={
                "pk": "pk_%(table_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
            }
        ),
    )


db = SQLAlchemy(metadata=Base.metadata)


def new_id() -> uuid.UUID:
    """A version 7 UUID: random, and sorted by the millisecond of its making."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))


def now() -> datetime:
    return datetime.now(UTC)


def rows(statement: sa.Select[*Columns], values: Mapping[str, Any] | None = None) -> sa.CursorResult[*Columns]:
    """The rows of a statement that asks for columns. The session would look for objects in them, which
    takes as long as the rest."""
    db.session.flush()  # as the session does by itself: another's result may wait in it
    return db.session.connection().execute(statement, values)


def insert(table: type[Base]) -> sqlite_dialect.Insert | postgresql.Insert:
    """INSERT in this database's own dialect: the one with ON CONFLICT. Needs an application context."""
    own = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite_dialect.insert
    return own(table)


def init_app(app: Flask) -> None:
    url = app.config["DATABASE_URL"]
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)


def engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        # No limit, as requests hold their connection while they wait for the writer, which needs one as well.
        # But few are kept: each has memory of its own.
        return {"module": sqlite, "pool_size": 2, "max_overflow": -1, "pool_use_lifo": True}
    return {"pool_size": 16, "pool_pre_ping": True, "pool_use_lifo": True}


@event.listens_for(Engine, "connect")
def prepare_connection(connection: Any, record: object) -> None:
    if not type(connection).__module__.startswith(("sqlite3", "pysqlite3")):
        return
    connection.isolation_level = None  # we begin transactions ourselves, below
    journal = "WAL" if wal_is_safe(sqlite.sqlite_version_info) else "TRUNCATE"
    for pragma in (
        "busy_timeout=10000",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # otherwise INSERT OR REPLACE passes a delete trigger
        "cache_size=-512",  # kB for each of many connections; the system keeps the file's pages for all of them
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def begin(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        dbapi: Any = connection.connection.dbapi_connection
        dbapi.execute("BEGIN" if only_reads() else "BEGIN IMMEDIATE")


def only_reads() -> bool:
    """Whether the request under way changes nothing itself: it is safe, or writer.write changes it for it."""
    if not has_request_context():
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method in SAFE_METHODS or getattr(view, "leaves_writing", False)


MIGRATIONS = Path(__file__).parent / "migrations"


def is_current() -> bool:
    """Whether the database has the newest schema. Needs an application context.

    Migrations are numbered in their file names, so that a start need not load what runs them.
    """
    newest = max(path.name.split("_")[0] for path in MIGRATIONS.glob("[0-9]*.py"))
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.scalars(sa.text("SELECT version_num FROM alembic_version"))) == [newest]


def append_only(table: str, dialect: str) -> list[str]:
    """The statements that let *table* only grow: its rows are facts."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def guard(trigger: str, table: str, condition: str, dialect: str) -> list[str]:
    """The statements that refuse a new row of *table* under *condition* (about NEW)."""
    if dialect == "sqlite":
        condition = condition.format(elements="json_each(attempt.paper)")
        return [
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{trigger}'); END"
        ]
    condition = condition.format(elements="jsonb_array_elements_text(attempt.paper)")
    return [
        f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{trigger}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()",
    ]
