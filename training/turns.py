"""One request works at a time; one that must wait lets another one work meanwhile.

Python runs one thread at a time, and a thread lets go at each statement to the database. With eight
at work at once, changing places took a third of the server's time and made a page three times as
slow to come.
"""

import threading

own = threading.local()


class Turn:
    """What one thread has at a time, from `take` until it steps aside."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def take(self) -> None:
        """Wait until nobody has it."""
        self.lock.acquire()
        own.turn = self

    def is_mine(self) -> bool:
        return getattr(own, "turn", None) is self


def step_aside() -> None:
    """Let another thread have the turn: this one is about to wait, or has long work to do.

    It goes on without a turn. Were it to wait for another one, it could wait for somebody who waits
    for what it holds.
    """
    if turn := getattr(own, "turn", None):
        own.turn = None
        turn.lock.release()
