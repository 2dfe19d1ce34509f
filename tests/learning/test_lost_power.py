"""What the server has acknowledged survives its sudden death, and what it could not keep it does not acknowledge."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.browser.server import free_port, kill
from tests.learning.conftest import Quiz
from tests.pages import Browser
from tests.people import World, sign_in_token
from training.db import db
from training.models import Response

POWER_CUTS = 4  # everything dies, and starts from nothing
DEATHS = 200  # of a server that is there again at once

# A server that dies is followed by a copy of what it was before it served: a start from nothing takes
# a second, and two hundred of them minutes.
AGAIN_AND_AGAIN = """
import os, sys
from training import create_app, server
from training.keeper import look_after
app = create_app()
while True:
    if not os.fork():
        server.serve(app, host="127.0.0.1", port=int(sys.argv[1]), beside=look_after)
    os.wait()
"""


@contextmanager
def serving(app: Flask, port: int, *command: str) -> Iterator[psutil.Process]:
    """A server on the test's database, until the block ends."""
    environment = os.environ | {
        "TRAINING_INSTANCE": app.instance_path,
        "TRAINING_SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["DATABASE_URL"],
    }
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    try:
        wait_until(port, is_open=True)
        yield psutil.Process(process.pid)
    finally:
        kill(psutil.Process(process.pid))
        process.wait()
        wait_until(port, is_open=False)


def wait_until(port: int, *, is_open: bool) -> None:
    for _ in range(1200):
        with socket.socket() as probe:
            if (probe.connect_ex(("127.0.0.1", port)) == 0) is is_open:
                return
        time.sleep(0.05)
    raise AssertionError("The server did not start." if is_open else "The server did not end.")


@pytest.mark.timeout(400)
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(app: Flask, world: World) -> None:
    quiz = Quiz(app, world, Browser(app, world.amina))
    path = quiz.start()
    item, answer = next(iter(quiz.answers(path).items()))
    with app.test_request_context():
        session = app.session_interface
        cookie = session.get_signing_serializer(app).dumps(  # type: ignore[attr-defined]
            {"_user_id": sign_in_token(app, world.amina), "_fresh": True, "csrf_token": "a" * 40}
        )
        from itsdangerous import URLSafeTimedSerializer

        token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("a" * 40)
    with app.app_context():
        db.engine.dispose()
    port, acknowledged = free_port(), []
    headers = {"Cookie": f"session={cookie}", "X-CSRFToken": str(token), "Content-Type": "application/json"}

    def give(sequence: int) -> str:
        """Send an answer, again and again until the server has it, as the page does; its id."""
        given = {"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": sequence}
        body = json.dumps({"responses": [given]}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}/responses", body, headers)
        while True:
            with suppress(OSError, HTTPException), urllib.request.urlopen(request, timeout=20) as reply:
                assert json.load(reply)["verdicts"][given["id"]] in ("saved", "already")
                return given["id"]

    sequence = itertools.count(1)
    for _ in range(POWER_CUTS):
        with serving(app, port, "-m", "training", "serve", "--port", str(port), "--processes", "2"):
            acknowledged += [give(next(sequence)), give(next(sequence))]
    with serving(app, port, "-c", AGAIN_AND_AGAIN, str(port)) as many:
        for _ in range(DEATHS):
            acknowledged += [give(next(sequence)), give(next(sequence))]
            [server] = many.children()
            server.kill()
    with app.app_context():
        kept = [str(response) for response in db.session.scalars(sa.select(Response.id))]
    assert len(acknowledged) == 2 * (POWER_CUTS + DEATHS)
    assert sorted(kept) == sorted(acknowledged)


def test_an_answer_that_the_full_disk_refuses_is_not_acknowledged(app: Flask, world: World) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the limit is a setting of SQLite")
    quiz = Quiz(app, world, Browser(app, world.amina))
    path = quiz.start()
    item, answer = next(iter(quiz.answers(path).items()))
    token = quiz.browser.csrf()

    def full(connection: Any, record: object, proxy: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no page more than there are

    def save() -> Any:
        given = {"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}
        return quiz.browser.client.post(
            path + "/responses",
            json={"responses": [given]},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "checkout", full)
    try:
        replies = [save() for _ in range(60)]  # until the last page is full
    finally:
        sa.event.remove(engine, "checkout", full)
        engine.dispose()
    saved = [reply for reply in replies if reply.status_code == 200]
    refused = [reply for reply in replies if reply.status_code != 200]
    assert refused, "the disk never filled"
    assert {reply.status_code for reply in refused} == {500}
    assert "problem" in refused[0].get_json()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == len(saved)
