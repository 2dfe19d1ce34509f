"""Few requests work at once; the others wait for their turn.

Python runs one thread at a time, and a thread lets go at each statement to the database. With eight
at work at once, changing places took a third of the server's time and made a page three times as
slow to come.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

own = threading.local()


def in_turns(app: Callable[..., Iterable[bytes]], *, at_once: int) -> Callable[..., Iterable[bytes]]:
    """The WSGI application *app*, which works on so many requests at once."""
    turns = threading.Lock() if at_once == 1 else threading.BoundedSemaphore(at_once)  # a lock is quicker

    def take_turn(environ: Any, start_response: Any) -> Iterable[bytes]:
        turns.acquire()
        own.turns = turns
        try:
            return app(environ, start_response)
        finally:
            step_aside()

    return take_turn


def step_aside() -> None:
    """Let another request work: this one is about to wait, or has long work to do.

    It goes on without a turn. Were it to wait for another one, it could wait for somebody who waits
    for what it holds.
    """
    if turns := getattr(own, "turns", None):
        own.turns = None
        turns.release()
