"""The server's loop: one request works at a time, and one that waits for something lets the others work."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from flask import Flask
from waitress import wasyncore

from training.loop import THREADS, Loop
from training.turns import step_aside, wait_long_for

WAIT = 30  # seconds, for what comes at once on any machine


class House:
    """A small application whose rooms do what the tests need, and count who is in."""

    def __init__(self) -> None:
        self.rooms: dict[str, Callable[[], Iterable[bytes]]] = {"/": lambda: [b"hello"]}
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            body = self.rooms[environ["PATH_INFO"]]()
        finally:
            with self.lock:
                self.inside -= 1
        start_response("200 OK", [])
        return body


class Served:
    def __init__(self, house: House) -> None:
        app = Flask(__name__)
        app.config["MAX_CONTENT_LENGTH"] = 2**20
        app.wsgi_app = house  # type: ignore[method-assign]
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.house, self.loop = house, Loop(app, listening)
        self.loop.start()

    def get(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def get_many(self, *paths: str) -> list[bytes]:
        with ThreadPoolExecutor(len(paths)) as pool:
            return list(pool.map(self.get, paths))


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(House())
    yield served
    served.loop.finish()
    wasyncore.close_all(served.loop._map)


def test_one_request_works_at_a_time(served: Served) -> None:
    def linger() -> Iterable[bytes]:
        time.sleep(0.01)
        return [b"done"]

    served.house.rooms["/"] = linger
    assert served.get_many(*["/"] * 8) == [b"done"] * 8
    assert served.house.most == 1


def test_all_can_wait_at_once_when_they_step_aside(served: Served) -> None:
    everybody = threading.Barrier(8)

    def meet() -> Iterable[bytes]:
        step_aside()
        everybody.wait(WAIT)
        return [b"met"]

    served.house.rooms["/"] = meet
    assert served.get_many(*["/"] * 8) == [b"met"] * 8


def test_others_are_served_while_one_waits(served: Served) -> None:
    free = threading.Event()

    def wait() -> Iterable[bytes]:
        step_aside()
        assert free.wait(WAIT)
        return [b"at last"]

    served.house.rooms["/slow"] = wait
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(served.get, "/slow")
        assert [served.get("/") for _ in range(5)] == [b"hello"] * 5
        assert not slow.done()
        free.set()
        assert slow.result() == b"at last"


def test_those_who_wait_long_take_no_thread_from_others(served: Served) -> None:
    report = threading.Lock()
    waiting = threading.Semaphore(0)

    def wait() -> Iterable[bytes]:
        waiting.release()
        wait_long_for(report)
        report.release()
        return [b"report"]

    def comes_to(number: int) -> bool:
        """Whether there are so many threads, once those of the servers of other tests have ended."""
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            if sum(thread.name == "loop" for thread in threading.enumerate()) == number:
                return True
            time.sleep(0.01)
        return False

    served.house.rooms["/report"] = wait
    assert comes_to(THREADS)
    many = 2 * THREADS  # more than there are threads
    report.acquire()
    with ThreadPoolExecutor(many) as pool:
        reports = [pool.submit(served.get, "/report") for _ in range(many)]
        for _ in range(many):
            assert waiting.acquire(timeout=WAIT)
        assert [served.get("/") for _ in range(5)] == [b"hello"] * 5
        assert comes_to(THREADS + many)
        report.release()
        assert [each.result() for each in reports] == [b"report"] * many
    for _ in range(4 * many):  # a stand-in leaves when it has had a turn
        served.get_many(*["/report"] * 2)
    assert comes_to(THREADS)
    assert served.get("/") == b"hello"


def test_the_loop_goes_on_after_requests_that_fail(served: Served) -> None:
    def fail() -> Iterable[bytes]:
        raise ZeroDivisionError

    def fail_aside() -> Iterable[bytes]:
        step_aside()
        return fail()

    served.house.rooms |= {"/fail": fail, "/aside": fail_aside}
    for page in served.get_many(*["/fail", "/aside"] * THREADS):  # more than there are threads
        assert b"internal server error" in page
    assert served.get("/") == b"hello"


def test_what_a_slow_reader_has_not_taken_yet_keeps_nobody_waiting(served: Served) -> None:
    part = b"x" * 2**20
    served.house.rooms["/large"] = lambda: (part for _ in range(40))
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT) as slow:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        slow.recv(1)  # it has begun
        assert served.get("/") == b"hello"
        taken = 0
        while more := slow.recv(2**20):
            taken += len(more)
    assert taken > 40 * 2**20


def test_an_answer_is_sent_when_it_is_whole(served: Served) -> None:
    def in_parts() -> Iterable[bytes]:
        yield b"one "
        time.sleep(0.2)
        yield b"two"

    served.house.rooms["/"] = in_parts
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT) as reader:
        reader.sendall(b"GET / HTTP/1.0\r\nHost: here\r\n\r\n")
        assert reader.recv(2**16).endswith(b"\r\n\r\none two")


def test_a_request_that_comes_in_drips_keeps_nobody_waiting(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=WAIT) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHo")
        assert served.get("/") == b"hello"
        slow.sendall(b"st: here\r\n\r\n")
        assert slow.recv(2**16).startswith(b"HTTP/1.1 200")


def test_what_is_at_work_is_finished_when_the_server_is_told_to_stop(served: Served) -> None:
    begun, free = threading.Event(), threading.Event()

    def wait() -> Iterable[bytes]:
        step_aside()
        begun.set()
        assert free.wait(WAIT)
        return [b"done"]

    served.house.rooms["/slow"] = wait
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(served.get, "/slow")
        assert begun.wait(WAIT)
        stopping = pool.submit(served.loop.finish)
        time.sleep(0.1)
        assert not stopping.done()
        free.set()
        assert slow.result() == b"done"
        stopping.result()
