"""The server's loop: the thread that has the turn takes in requests as they come, and works on them itself.

Waitress has one thread that takes in requests and others that work on them. To hand a request over
and its answer back costs as much as a small page does. Here it is handed over only when its work has
to wait: then another thread goes on with the loop.
"""

import logging
import socket
import threading
import time
from collections import deque
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from training.turns import Turn, step_aside

THREADS = 16  # all but one of them wait: for the disk, which takes the answers of many in one write, or for the turn
LOOK_UP = 1.0  # seconds: so often the loop looks for what is over, such as a silent connection
BREATH = 0.001  # seconds: after it took in a connection, a process leaves the next one to another process
TO_FINISH = 5.0  # seconds for what is at work when the server is told to stop
NO_LIMIT = 2**60

log = logging.getLogger(__name__)


class Channel(HTTPChannel):
    """A connection. An answer is sent when it is whole: its head would go out alone, before its body."""

    def writable(self) -> bool:
        return not self.requests and bool(super().writable())


class Loop(TcpWSGIServer):
    """Serves *app* to those who connect to *listening*."""

    channel_class = Channel

    def __init__(self, app: Flask, listening: socket.socket) -> None:
        self.turn = Turn(self.call_thread)
        self.ready: deque[Any] = deque()  # connections with a whole request
        self.at_work: set[int] = set()  # threads
        self.is_stopping = False
        self.rested_at = 0.0
        adjustments = Adjustments(
            sockets=[listening],
            backlog=1024,
            connection_limit=1000,
            channel_timeout=60,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 2**16,
            # A thread that waits until a slow phone has taken what was sent to it would wait for
            # itself. What is too large for memory is kept in a file.
            outbuf_high_watermark=NO_LIMIT,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        adjustments.send_bytes = NO_LIMIT  # bytes that wait while an answer is not whole
        super().__init__(
            app,
            _sock=listening,
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            dispatcher=self,
            adj=adjustments,
        )

    def start(self) -> None:
        for _ in range(THREADS):
            self.call_thread()

    def call_thread(self) -> None:
        threading.Thread(target=self.go_on, name="loop", daemon=True).start()

    def run(self) -> None:
        """Serve until the process is told to stop, then finish what is at work."""
        self.start()
        try:
            threading.Event().wait()
        except (SystemExit, KeyboardInterrupt):
            self.finish()

    def go_on(self) -> None:
        while not self.is_done():
            self.turn.take()
            while self.turn.is_mine() and not self.is_done():
                try:
                    self.step()
                except BaseException:  # as waitress does: a thread that ended would be missed for ever
                    log.exception("The loop stumbled")
            step_aside()
            if self.turn.is_left_by_one():
                return

    def is_done(self) -> bool:
        return self.is_stopping and not (self.ready or self.at_work or self.is_sending())

    def is_sending(self) -> bool:
        return any(channel.total_outbufs_len for channel in list(self.active_channels.values()))

    def rests(self) -> bool:
        return time.monotonic() < self.rested_at

    def step(self) -> None:
        if not self.ready:
            wasyncore.poll2(BREATH if self.rests() else LOOK_UP, self._map)
            return
        self.at_work.add(threading.get_ident())
        try:
            channel = self.ready.popleft()
            channel.service()
            if self.turn.is_mine() and channel.connected and channel.writable():
                channel.handle_write()
        finally:
            self.at_work.discard(threading.get_ident())

    def finish(self) -> None:
        self.is_stopping = True
        super().pull_trigger()
        until = time.monotonic() + TO_FINISH
        while not self.is_done() and time.monotonic() < until:
            time.sleep(0.01)

    # What waitress asks of its server.

    def add_task(self, channel: Any) -> None:
        self.ready.append(channel)

    def pull_trigger(self) -> None:
        if not self.turn.is_mine():  # else nobody sleeps in the loop
            super().pull_trigger()

    def readable(self) -> bool:
        return super().readable() and not self.is_stopping and not self.rests()

    def handle_accept(self) -> None:
        super().handle_accept()
        self.rested_at = time.monotonic() + BREATH
