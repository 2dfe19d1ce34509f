"""One writer for the answers of many: their changes share a commit, and nobody hears before it is done.

SQLite lets one transaction write at a time, and a durable commit waits for the disk. When every
request commits for itself, a slow disk makes all of them stand in line. Here the first one does in
one transaction what has gathered, its own and that of the others, while more gathers for the next.
PostgreSQL does this by itself: there each request commits its own.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from flask import Flask, current_app

from training.db import db
from training.turns import step_aside

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
MOST_AT_ONCE = 64


def leaves_writing(view: View) -> View:
    """Declare that the view below changes nothing but through `write`: its own transaction only
    reads, or it would hold the lock that the writer waits for."""
    view.leaves_writing = True  # type: ignore[attr-defined]
    return view


class Job:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = RuntimeError("The work was never done.")  # until it is
        self.is_done = False


class Line:
    """Where jobs wait. Who has the turn does them."""

    def __init__(self) -> None:
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.turn = threading.Lock()


def init_app(app: Flask) -> None:
    app.extensions["writer"] = Line()


def write(work: Callable[[], T]) -> T:
    """Do *work* in a transaction of its own and give its result once that is durable.

    *work* reads and changes the database through db.session; it may be done again from the start
    when another's work in the same transaction fails. Where it raises, nothing of it is kept. It
    knows nothing of the request that asks for it, as another one may be doing it. The view that
    calls this is declared with `leaves_writing`.
    """
    step_aside()
    if db.engine.dialect.name != "sqlite":
        result = work()
        db.session.commit()
        return result
    db.session.close()  # what was read can still be used; its connection serves another meanwhile
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    job, line = Job(work), app.extensions["writer"]
    line.jobs.put(job)
    with line.turn:
        while not job.is_done:  # else somebody before has done it
            with turn_of_this_process(app.instance_path):
                Context().run(do_what_waits, app, line.jobs)
    if job.error:
        raise job.error
    return job.result  # type: ignore[no-any-return]


@contextmanager
def turn_of_this_process(folder: str) -> Iterator[None]:
    """Wait until the writer of no other process is at work on the data in *folder*.

    SQLite would wait as well, but it sleeps and looks again: on a busy server that took twice as long,
    and one process could wait for seconds while the other one went on and on.
    """
    if os.name == "nt":  # it has one process
        yield
        return
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)  # and lets go


def do_what_waits(app: Flask, waiting: SimpleQueue[Job]) -> None:
    """In a context without a request: one that works for others must not be taken for their own."""
    jobs: list[Job] = []
    try:
        while len(jobs) < MOST_AT_ONCE:
            jobs.append(waiting.get_nowait())
    except Empty:
        pass
    try:
        with app.app_context():
            if not together(jobs):
                for job in jobs:
                    together([job])
    finally:
        for job in jobs:
            job.is_done = True


def together(jobs: list[Job]) -> bool:
    """Whether all jobs went into one transaction. A failed one leaves its error with each of them."""
    try:
        results = [job.work() for job in jobs]
        db.session.commit()
    except BaseException as error:
        for job in jobs:
            job.error = error
        db.session.rollback()
        return False
    for job, result in zip(jobs, results, strict=True):
        job.result, job.error = result, None
    return True
