"""One request works at a time; one that must wait lets another one work meanwhile.

Python runs one thread at a time, and a thread lets go at each statement to the database. With eight
at work at once, changing places took a third of the server's time and made a page three times as
slow to come.
"""

import threading
from collections.abc import Callable

MOST_STAND_INS = 100

own = threading.local()


class Turn:
    """What one thread has at a time, from `take` until it steps aside.

    *call_stand_in* starts a thread: one more of those that take the turn.
    """

    def __init__(self, call_stand_in: Callable[[], object]) -> None:
        self.lock = threading.Lock()
        self.call_stand_in = call_stand_in
        self.counting = threading.Lock()
        self.away = self.stand_ins = 0

    def take(self) -> None:
        """Wait until nobody has it."""
        self.lock.acquire()
        own.turn = own.home = self

    def is_mine(self) -> bool:
        return getattr(own, "turn", None) is self

    def go_away(self) -> None:
        with self.counting:
            self.away += 1
            if self.stand_ins < min(self.away, MOST_STAND_INS):
                self.stand_ins += 1
                self.call_stand_in()

    def come_back(self) -> None:
        with self.counting:
            self.away -= 1

    def is_left_by_one(self) -> bool:
        """Whether there is a stand-in for nobody. Who asks is the one that leaves then."""
        with self.counting:
            if self.stand_ins > self.away:
                self.stand_ins -= 1
                return True
            return False


def step_aside() -> None:
    """Let another thread have the turn: this one is about to wait, or has long work to do.

    It goes on without a turn. Were it to wait for another one, it could wait for somebody who waits
    for what it holds.
    """
    if turn := getattr(own, "turn", None):
        own.turn = None
        turn.lock.release()


def wait_long_for(lock: threading.Lock) -> None:
    """Take *lock*, which others may hold for seconds. Meanwhile another thread stands in for this one."""
    step_aside()
    home: Turn | None = getattr(own, "home", None)
    if home is None:  # no server, as in a test
        lock.acquire()
        return
    home.go_away()
    try:
        lock.acquire()
    finally:
        home.come_back()
