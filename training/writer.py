"""One writer for the answers of many: their changes share a commit, and nobody hears before it is done.

SQLite lets one transaction write at a time, and a durable commit waits for the disk. When every
request commits for itself, a slow disk makes all of them stand in line. Here they hand their work
to one thread, which does what has gathered in one transaction and answers after its COMMIT.
PostgreSQL does this by itself: there each request commits its own.
"""

import threading
from collections.abc import Callable
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
        self.error: BaseException | None = None
        self.done = threading.Event()


def write(work: Callable[[], T]) -> T:
    """Do *work* in a transaction of its own and give its result once that is durable.

    *work* reads and changes the database through db.session; it may be done again from the start
    when another's work in the same transaction fails. Where it raises, nothing of it is kept. The
    view that calls this is declared with `leaves_writing`.
    """
    step_aside()
    if db.engine.dialect.name != "sqlite":
        result = work()
        db.session.commit()
        return result
    db.session.close()  # what was read can still be used; its connection serves another meanwhile
    job = Job(work)
    queue_of(current_app._get_current_object()).put(job)  # type: ignore[attr-defined]
    job.done.wait()
    if job.error:
        raise job.error
    return job.result  # type: ignore[no-any-return]


starting = threading.Lock()


def queue_of(app: Flask) -> SimpleQueue[Job]:
    """The application's queue; its writer starts with the first job."""
    with starting:
        if "writer" not in app.extensions:
            app.extensions["writer"] = SimpleQueue()
            threading.Thread(target=keep_writing, args=(app,), name="writer", daemon=True).start()
    queue: SimpleQueue[Job] = app.extensions["writer"]
    return queue


def keep_writing(app: Flask) -> None:
    queue = app.extensions["writer"]
    while True:
        jobs = [queue.get()]
        try:
            while len(jobs) < MOST_AT_ONCE:
                jobs.append(queue.get_nowait())
        except Empty:
            pass
        with app.app_context():
            if not together(jobs):
                for job in jobs:
                    together([job])
        for job in jobs:
            job.done.set()


def together(jobs: list[Job]) -> bool:
    """Whether all jobs went into one transaction. A failed one leaves its error with each of them."""
    try:
        for job in jobs:
            job.result, job.error = job.work(), None
        db.session.commit()
    except BaseException as error:
        db.session.rollback()
        for job in jobs:
            job.error = error
        return False
    return True
