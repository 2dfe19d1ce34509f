"""The server that is measured: the real command, in a process of its own, with its default settings."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60  # seconds


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    first_answer: float  # seconds from its start

    def memory(self) -> float | None:
        """The PSS of all its processes in MB; None where the system does not tell."""
        try:
            return sum(pss(pid) for pid in family(self.pid)) / 1024
        except FileNotFoundError:
            return None


def family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def pss(pid: int) -> int:
    """In kB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@contextmanager
def running(folder: Path, database_url: str) -> Iterator[Server]:
    """`training serve` on a free port, on a database that is there already."""
    port = free_port()
    own = {"TRAINING_INSTANCE": str(folder), "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "training", "serve", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=output, stderr=output)
        try:
            while not answers(port):
                if process.poll() is not None or time.perf_counter() - begun > READY_WITHIN:
                    raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.005)
            yield Server(process.pid, port, time.perf_counter() - begun)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
