"""The server: waitress takes in slow phones' requests before a thread works on them.

Python runs one thread at a time, so a second process puts a second core to work. What the processes
must agree on stands in the database.
"""

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import waitress
from flask import Flask

from training.turns import in_turns

THREADS = 32  # most of them wait: for a turn, or for the disk, which takes the answers of many in one write

M_ARENA_MAX = -8  # of malloc.h

Beside = Callable[[Flask], None]  # starts what runs beside the server in each of its processes


def share_memory() -> None:
    """Let all threads of a process take memory from one place.

    glibc gives a place of its own to each of many threads. A large report is made by one after the
    other, and each place keeps what it needed: that was two thirds of the server's memory.
    """
    with suppress(AttributeError, OSError):  # no glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def serve(app: Flask, *, host: str, port: int, processes: int = 1, beside: Beside) -> None:
    """Serve until the process is told to stop. The database must have no connection open."""
    signal.signal(signal.SIGTERM, stop)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    share_memory()
    gc.collect()
    gc.freeze()  # what is there now stays: to look through it again takes time, and copies what processes share
    if processes > 1 and hasattr(os, "fork"):
        with socket.socket() as free:  # a shared port does not tell that somebody else serves on it
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind((host, port))
        sockets = [socket.create_server((host, port), backlog=1024, reuse_port=True) for _ in range(processes)]
        supervise(app, sockets, beside)
    else:
        work(app, socket.create_server((host, port), backlog=1024), beside)


def work(app: Flask, listening: socket.socket, beside: Beside) -> None:
    beside(app)
    # PostgreSQL works in a process of its own: meanwhile there is time for another request.
    at_once = 1 if app.config["DATABASE_URL"].startswith("sqlite") else 2
    waitress.serve(
        in_turns(app, at_once=at_once),
        sockets=[listening],
        threads=THREADS,
        connection_limit=1000,
        channel_timeout=60,
        asyncore_use_poll=True,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 2**16,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )


def supervise(app: Flask, sockets: list[socket.socket], beside: Beside) -> None:
    """Keep a process at work on each socket; one that dies is replaced.

    The system deals new connections out to the sockets. With one socket for all, the process that
    wakes first takes them all, and the other core idles.
    """
    workers: dict[int, socket.socket] = {}
    first, held = os.pipe()  # what reads from it waits until the first process is gone, however that came about
    try:
        while True:
            for listening in sockets:
                if listening in workers.values():
                    continue
                # Python loses a signal that comes while it forks, so it waits until the worker is noted.
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
                worker = os.fork()
                if not worker:
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
                    os.close(held)
                    threading.Thread(target=end_with, args=(first,), daemon=True).start()
                    work(app, listening, beside)
                    os._exit(0)
                workers[worker] = listening
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            ended, _status = os.wait()
            workers.pop(ended, None)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
        for worker in workers:
            os.waitpid(worker, 0)


def end_with(first: int) -> None:
    os.read(first, 1)
    os._exit(1)


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
