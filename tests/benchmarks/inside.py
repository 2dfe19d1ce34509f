"""What is counted without a server: SQL statements of each kind of request, and what a first visit weighs."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.benchmarks.data import School
from tests.benchmarks.kinds import Kind, Turn, first_visits
from training.db import db

SEQUENCES = count(1)
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
MODULE = re.compile(rb'data-module="([a-z-]+)"')
IMPORT = re.compile(rb'(?:from|import) "\./([a-z-]+\.js)"')


class NoAnswer(Exception):
    """A page does not answer as it should, so there is nothing to measure."""


@contextmanager
def counting(engine: sa.Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements_of(app: Flask, school: School, kind: Kind) -> list[str] | None:
    """The statements of one turn, when what never changes is in memory already; None when there is no such page.

    Raises NoAnswer when the page does not answer as it should.
    """
    with app.app_context():
        turns = kind.turns(app, school, 2)
        engine = db.engine
    if not turns:
        return None
    first, second = [turn if kind.used_once else turn[0] for turn in turns[:2]]  # type: ignore[index]
    take(app, first)  # type: ignore[arg-type]
    with counting(engine) as statements:
        take(app, second)  # type: ignore[arg-type]
    return statements


def take(app: Flask, turn: Turn) -> None:
    for step in turn["steps"]:
        body = step["body"].replace("{id}", str(uuid.uuid4())).replace("{sequence}", str(next(SEQUENCES)))
        headers = dict(line.split(": ", 1) for line in step["headers"])
        answer = send(app, step["path"], turn["cookie"], method=step["method"], data=body, headers=headers)
        if answer.status_code != step["status"]:
            raise NoAnswer(f"{step['method']} {step['path']} answered {answer.status}")


def send(app: Flask, path: str, cookie: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    client = app.test_client(use_cookies=False)
    return client.open(path, headers={"Cookie": cookie, "Accept-Encoding": "gzip", **(headers or {})}, **more)


def weights(app: Flask, school: School) -> dict[str, int]:
    """Bytes of the bodies of a first visit to the heaviest lesson, compressed as they are sent, without images."""
    with app.app_context():
        turns: Any = first_visits(app, school, 1)[0]
    visits = [weight(app, turn["cookie"], turn["steps"][0]["path"]) for turn in turns]
    return max(visits, key=lambda visit: sum(visit.values()))


def weight(app: Flask, cookie: str, path: str) -> dict[str, int]:
    page = send(app, path, cookie)
    html = send(app, path, cookie, headers={"Accept-Encoding": "identity"}).data
    assets = [asset.decode() for asset in ASSET.findall(html) if not asset.endswith(b".svg")]
    folder = assets[0].rpartition("/")[0]
    assets += [f"{folder}/{name.decode()}.js" for name in MODULE.findall(html)]
    found: dict[str, int] = {}
    while assets:
        asset = assets.pop()
        if asset in found:
            continue
        found[asset] = len(send(app, asset, cookie).data)
        source = send(app, asset, cookie, headers={"Accept-Encoding": "identity"}).data
        assets += [f"{folder}/{name.decode()}" for name in IMPORT.findall(source)]
    return {
        "html": len(page.data),
        "css": sum(size for asset, size in found.items() if asset.endswith(".css")),
        "js": sum(size for asset, size in found.items() if asset.endswith(".js")),
    }
