"""The server: waitress takes in slow phones' requests before a thread works on them.

Python runs one thread at a time, so a second process puts a second core to work. Processes share
the listening socket; what they must agree on stands in the database.
"""

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

import waitress
from flask import Flask


def serve(app: Flask, *, host: str, port: int, processes: int = 1) -> None:
    """Serve until the process is told to stop. The database must have no connection open."""
    listening = socket.create_server((host, port), backlog=1024)
    signal.signal(signal.SIGTERM, stop)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    if processes > 1 and hasattr(os, "fork"):
        supervise(app, listening, processes)
    else:
        work(app, listening)


def work(app: Flask, listening: socket.socket) -> None:
    waitress.serve(
        app,
        sockets=[listening],
        threads=8,
        connection_limit=1000,
        channel_timeout=60,
        asyncore_use_poll=True,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 2**16,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )


def supervise(app: Flask, listening: socket.socket, processes: int) -> None:
    """Keep so many processes at work; one that dies is replaced."""
    workers: set[int] = set()
    gc.collect()
    gc.freeze()  # so that collecting garbage does not copy the pages that the processes share
    try:
        while True:
            while len(workers) < processes:
                worker = os.fork()
                if not worker:
                    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
                    work(app, listening)
                    os._exit(0)
                workers.add(worker)
            ended, _status = os.wait()
            workers.discard(ended)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGTERM)


def end_with(parent: int) -> None:
    """End this process soon after its parent has ended, however that came about."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
