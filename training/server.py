"""The server: its processes, and what they share.

Python runs one thread at a time, so a second process puts a second core to work. What the processes
must agree on stands in the database.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from flask import Flask

from training.curriculum import newest_versions
from training.db import db
from training.i18n import load_languages
from training.loop import Loop
from training.memory import settle

LIFELINE = 0  # standard input, which a server does not read
TOLD_TO_STOP = {signal.SIGTERM, signal.SIGINT}

Beside = Callable[[Flask], None]  # starts what runs beside the server in each of its processes


def usual_processes() -> int:
    """Two where there are two cores: each one more takes memory, and the machine does other things as well."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(2, cores)


def serve(app: Flask, *, host: str, port: int, processes: int = 1, beside: Beside) -> None:
    """Serve until the process is told to stop. The database must have no connection open."""
    listening = socket.create_server((host, port), backlog=1024)
    is_alone = processes == 1 or not hasattr(os, "fork")
    if not is_alone:
        load_what_all_need(app)
    settle()
    if is_alone:
        work(app, listening, beside)
    else:
        begin_processes(app, listening, processes, beside)


def join(app: Flask, descriptor: int, *, beside: Beside) -> None:
    """Serve in place of one of several processes that died, on the open socket of this number."""
    settle()
    end_with_supervisor()
    work(app, socket.socket(fileno=descriptor), beside)


def work(app: Flask, listening: socket.socket, beside: Beside) -> None:
    signal.signal(signal.SIGTERM, stop)
    beside(app)
    Loop(app, listening).run()


def load_what_all_need(app: Flask) -> None:
    """Load what each process would load for itself: copies share it."""
    with app.app_context():
        newest_versions()
        load_languages()
        db.session.remove()
        db.engine.dispose()


def begin_processes(app: Flask, listening: socket.socket, processes: int, beside: Beside) -> None:
    """Begin the processes, then turn this one into their supervisor.

    They begin as copies of this process, as copies share memory. One that dies later is replaced by
    `training serve --socket`: nothing is left here to copy.
    """
    lifeline, held = os.pipe()
    # A signal that comes meanwhile waits until the supervisor can take it.
    signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_STOP)
    workers = []
    for _ in range(processes):
        worker = os.fork()
        if not worker:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_TO_STOP)
            os.close(held)
            os.dup2(lifeline, LIFELINE)
            end_with_supervisor()
            work(app, listening, beside)
            os._exit(0)
        workers.append(str(worker))
    for descriptor in (listening.fileno(), lifeline, held):
        os.set_inheritable(descriptor, True)
    script = str(Path(__file__).with_name("supervisor.py"))
    another = [sys.executable, "-m", "training", "serve", "--socket", str(listening.fileno())]
    supervisor = [sys.executable, "-I", "-S", script, str(lifeline), str(held), ",".join(workers), *another]
    os.execv(supervisor[0], supervisor)  # noqa: S606 (no shell is wanted)


def end_with_supervisor() -> None:
    """End this process when its supervisor has ended: its end of the lifeline is closed then."""

    def wait() -> None:
        os.read(LIFELINE, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
