"""The real command, with several processes."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from tests.browser.server import Server, free_port
from training import create_app
from training.db import db, now
from training.models import Heartbeat, Outage


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(port: int, up: bool) -> bool:
    for _ in range(600):
        if answers(port) is up:
            return True
        time.sleep(0.1)
    return False


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children() if child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="several processes need fork")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_dies_is_replaced_and_all_end_with_the_first_process(tmp_path: Path, how: signal.Signals) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "training", "serve", "--port", str(port), "--processes", "2"],
        env=os.environ | {"TRAINING_INSTANCE": str(tmp_path)},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.DEVNULL,
    )
    try:
        assert wait_until(port, True)
        first = children_of(process)
        assert len(first) == 2
        os.kill(first[0], signal.SIGKILL)
        assert answers(port), "the other one serves meanwhile"
        for _ in range(600):
            if len(set(children_of(process)) - {first[0]}) == 2:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("it was not replaced")
        os.kill(first[1], signal.SIGKILL)  # so that the new one answers
        assert wait_until(port, True)
        process.send_signal(how)
        process.wait(timeout=30)
        assert wait_until(port, False), "a worker still serves"
    finally:
        process.kill()
        process.wait()


def test_a_second_server_on_the_same_port_is_refused(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "training", "serve", "--port", str(port), "--processes", "2"]
    environment = os.environ | {"TRAINING_INSTANCE": str(tmp_path)}
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, env=environment, cwd=root, stdout=subprocess.DEVNULL) as first:
        try:
            assert wait_until(port, True)
            second = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=60)
            assert second.returncode == 1
            assert "Address already in use" in second.stderr
            assert answers(port)
        finally:
            first.terminate()


def test_a_server_that_comes_back_notes_how_long_it_was_away(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.lose_power()
    app = create_app(instance_path=str(tmp_path))
    with app.app_context():
        died = now() - timedelta(minutes=10)
        assert now() - db.session.scalars(sa.select(Heartbeat.seen_at)).one() < timedelta(minutes=1)
        db.session.execute(sa.update(Heartbeat).values(seen_at=died))  # as if ten minutes had passed since
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    server.start()
    server.stop()
    with app.app_context():
        [outage] = db.session.scalars(sa.select(Outage))
        assert outage.began_at == died and now() - outage.ended_at < timedelta(minutes=1)
        db.session.remove()
        db.engine.dispose()
