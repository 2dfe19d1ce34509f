"""Few requests work at once. Who waits for something else lets another one work."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

from training.turns import in_turns, step_aside


class Crowd:
    """An application that counts how many requests are at work in it."""

    def __init__(self, *, steps_aside: bool) -> None:
        self.steps_aside = steps_aside
        self.lock, self.at_work, self.most = Lock(), 0, 0
        self.full = Barrier(6 if steps_aside else 2)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self.lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        if self.steps_aside:
            step_aside()
        self.full.wait(timeout=30)
        with self.lock:
            self.at_work -= 1
        return [b"done"]


def visited(crowd: Crowd) -> list[Any]:
    app = in_turns(crowd, at_once=2)
    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(lambda _: app({}, None), range(6)))


def test_no_more_requests_work_at_once_than_there_are_turns() -> None:
    crowd = Crowd(steps_aside=False)
    assert visited(crowd) == [[b"done"]] * 6
    assert crowd.most == 2


def test_all_can_wait_at_once_when_they_step_aside() -> None:
    assert visited(Crowd(steps_aside=True)) == [[b"done"]] * 6


def test_a_turn_comes_back_from_a_request_that_fails() -> None:
    def fail(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise ZeroDivisionError

    failing = in_turns(fail, at_once=2)
    for _ in range(5):
        try:
            failing({}, None)
        except ZeroDivisionError:
            continue
    assert visited(Crowd(steps_aside=False)) == [[b"done"]] * 6
