"""Large reports take turns."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from training.db import db
from training.memory import give_back
from training.turns import step_aside, wait_long_for

P = ParamSpec("P")
T = TypeVar("T")

# A report is Python at work, and Python works on one at a time: made side by side they all end as late
# as the last of them, and each holds megabytes meanwhile.
report_at_work = threading.Lock()


def large_report(view: Callable[P, T]) -> Callable[P, T]:
    """Answer with *view* while no other large report is made in this process.

    The view loads what it shows by itself, and its transaction only reads: all others who write would
    wait for the turn as well, and who has the turn may be one of them.
    """

    @wraps(view)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> T:
        step_aside()
        if not report_at_work.acquire(blocking=False):
            db.session.close()  # its connection, which has memory of its own, serves another meanwhile
            wait_long_for(report_at_work)
        try:
            return view(*args, **kwargs)
        finally:
            db.session.close()
            give_back()
            report_at_work.release()

    return waiting
