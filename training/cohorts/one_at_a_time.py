"""Large reports take turns."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from training.turns import step_aside

P = ParamSpec("P")
T = TypeVar("T")

# A report is Python at work, and Python works on one at a time: made side by side they all end as late
# as the last of them, and each holds megabytes meanwhile.
report_at_work = threading.Lock()


def one_at_a_time(report: Callable[P, T]) -> Callable[P, T]:
    """Make *report* while no other one is made in this process.

    Not within a transaction that writes: all others who write would wait for the turn as well, and
    who has the turn may be one of them.
    """

    @wraps(report)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> T:
        step_aside()
        with report_at_work:
            return report(*args, **kwargs)

    return waiting
