"""Sends requests to 127.0.0.1 as fast as the answers come back, and checks each answer. Runs in a process of its own.

Reads a plan as JSON from standard input and writes what it measured as JSON to standard output. A
turn is one or more requests of one signed-in person, measured together. Knows nothing of the platform.
"""

import asyncio
import gzip
import json
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

ANSWER_WITHIN = 120  # seconds


class WrongAnswer(Exception):
    """Not the status or not the word that the plan expects."""


@dataclass
class Measured:
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    begun: float = 0
    ended: float = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "milliseconds": self.milliseconds,
            "seconds": self.ended - self.begun,
            "errors": self.errors,
            "first_error": self.first_error,
        }


class Connection:
    """One kept-alive connection; made anew after it broke."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def turn(self, turn: Any, sequences: Iterator[int]) -> None:
        for step in turn["steps"]:
            fresh = {"{id}": str(uuid.uuid4()), "{sequence}": str(next(sequences))}
            status, body = await self.exchange(turn["cookie"], step, filled(step["body"], fresh).encode())
            word = filled(step["word"], fresh).encode()
            if status != step["status"] or word not in body:
                wanted = f"{step['status']} with {word!r}"
                raise WrongAnswer(f"{step['method']} {step['path']}: {status}, not {wanted}: {body[:200]!r}")

    async def exchange(self, cookie: str, step: Any, body: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.streams
        head = [
            f"{step['method']} {step['path']} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {cookie}",
            "Accept-Encoding: gzip",
            *step["headers"],
        ]
        if step["method"] == "POST":
            head.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        status, headers = read_head(await reader.readuntil(b"\r\n\r\n"))
        content = await read_body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status, gzip.decompress(content) if headers.get("content-encoding") == "gzip" else content

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
        self.streams = None


def filled(text: str, fresh: dict[str, str]) -> str:
    for mark, value in fresh.items():
        text = text.replace(mark, value)
    return text


def read_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _colon, value in pairs}


async def read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    chunks = []
    while size := int(await reader.readline(), 16):
        chunks.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(chunks)


async def work(
    connection: Connection, turns: Iterator[Any], sequences: Iterator[int], until: float, measured: Measured
) -> None:
    """Take turns until the time is over or no turn is left."""
    while time.perf_counter() < until and (turn := next(turns, None)):
        begun = time.perf_counter()
        try:
            await asyncio.wait_for(connection.turn(turn, sequences), ANSWER_WITHIN)
        except (WrongAnswer, OSError, EOFError, ValueError, TimeoutError) as error:
            measured.errors += 1
            measured.first_error = measured.first_error or f"{type(error).__name__}: {error}"
            connection.close()
        else:
            measured.milliseconds.append((time.perf_counter() - begun) * 1000)
        measured.ended = time.perf_counter()


async def run(plan: Any) -> Measured:
    """Warm up, then measure. What went wrong in the warm-up counts as an error as well."""
    connections = [Connection(plan["port"]) for _number in range(plan["clients"])]
    if plan["used_once"]:
        shared = iter(plan["turns"])
        turns = [shared for _connection in connections]
    else:
        turns = [cycle(own) for own in plan["turns"][: plan["clients"]]]
    sequences = count(plan["first_sequence"])
    warming, measured = Measured(), Measured()
    for seconds, into in ((plan["warm_up"], warming), (plan["seconds"], measured)):
        into.begun = time.perf_counter()
        until = into.begun + seconds
        await asyncio.gather(
            *(work(connection, own, sequences, until, into) for connection, own in zip(connections, turns, strict=True))
        )
    for connection in connections:
        connection.close()
    measured.errors += warming.errors
    measured.first_error = measured.first_error or warming.first_error
    return measured


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))).as_json(), sys.stdout)
