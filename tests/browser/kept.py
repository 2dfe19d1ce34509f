"""What the server has kept, read from its own database beside it."""

from contextlib import closing
from dataclasses import dataclass

from tests.browser.server import Server
from training.db import sqlite


@dataclass(frozen=True)
class Kept:
    item: str
    sequence: int
    set_aside: bool


def kept(server: Server, address: str) -> list[Kept]:
    """Every response to the attempt at *address*, in the order in which they were given."""
    attempt = address.partition("/attempts/")[2].partition("/")[0].partition("#")[0].replace("-", "")
    with closing(sqlite.connect(server.folder / "training.db")) as database:
        rows = database.execute(
            "SELECT item_id, sequence, set_aside FROM response"
            " WHERE replace(attempt_id, '-', '') = ? ORDER BY sequence, received_at",
            [attempt],
        ).fetchall()
    return [Kept(item, sequence, bool(set_aside)) for item, sequence, set_aside in rows]
