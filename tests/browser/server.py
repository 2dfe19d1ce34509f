"""The platform as somebody runs it: a process of its own on an instance folder of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent


class Server:
    """`training serve` on a free port. *folder* is its instance; *database* a PostgreSQL instead of SQLite."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("TRAINING_", "DATABASE_URL"))
        } | {"TRAINING_INSTANCE": str(folder)}
        if database:
            self.environment["DATABASE_URL"] = database
            self.run("db", "upgrade")
        self.first_link: str | None = None
        self.start()

    def start(self) -> None:
        """Start it and wait until it serves."""
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "training", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        for line in self.process.stdout:
            if link := re.search(r"http\S+/invitation/\S+", line):
                self.first_link = link.group()
            if line.startswith("Serving on"):
                break
        else:
            raise AssertionError(f"The server did not start: {(self.folder / 'server.log').read_text()}")
        wait_for(self.port)

    def stop(self) -> None:
        self.process.terminate()
        self.wait()

    def lose_power(self) -> None:
        """Everything dies at once: no handler runs, nothing is tidied up."""
        kill(psutil.Process(self.process.pid))
        self.wait()

    @contextmanager
    def without_power(self) -> Iterator[None]:
        """It lost power, and starts again afterwards: also when the test fails, as others share it."""
        self.lose_power()
        try:
            yield
        finally:
            self.start()

    def wait(self) -> None:
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()

    def run(self, *arguments: str) -> str:
        """A `training …` command on the same instance: what it prints."""
        command = [sys.executable, "-m", "training", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self.process.poll() is None:
            self.stop()


def kill(process: psutil.Process) -> None:
    """SIGKILL to it and to all that it began."""
    process.suspend()  # what dies is not replaced
    for each in [*process.children(recursive=True), process]:
        each.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    """The line is printed just before the socket listens."""
    for _turn in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("The server does not listen.")
