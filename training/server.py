"""The server of one process: waitress takes in slow phones' requests before a thread works on them."""

import logging
import signal
import sys
from types import FrameType

import waitress
from flask import Flask


def serve(app: Flask, *, host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    signal.signal(signal.SIGTERM, stop)
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=8,
        connection_limit=1000,
        channel_timeout=60,
        asyncore_use_poll=True,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 2**16,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
