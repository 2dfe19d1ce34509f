"""Large reports take turns."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# A report is Python at work, and Python works on one at a time: made side by side they all end as late
# as the last of them, and each holds tens of megabytes meanwhile.
turn = threading.Semaphore(1)


def one_at_a_time(report: Callable[P, T]) -> Callable[P, T]:
    """Make *report* while no other one is made in this process."""

    @wraps(report)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> T:
        with turn:
            return report(*args, **kwargs)

    return waiting
