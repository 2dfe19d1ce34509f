"""The writer of each process: on SQLite they take turns by a lock that wakes the next one."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from flask import Flask

from training.db import db
from training.writer import write


def test_a_writer_waits_for_the_writer_of_another_process(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL lets many write")

    def answer() -> str:
        with app.app_context():
            return write(lambda: "written")

    other = os.open(app.instance_path, os.O_RDONLY)  # as another process has it
    fcntl.flock(other, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(answer)
        assert not wait([waiting], timeout=0.3).done
        os.close(other)
        assert waiting.result(timeout=30) == "written"
