"""Compressed pages, in which what is the same for everybody was compressed beforehand."""

import struct
import zlib
from collections.abc import Iterable

from flask import g
from markupsafe import Markup

HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # of a gzip file: deflate, no name, no time


class Piece:
    """A part of many pages: drawn once, compressed once. A template puts it in place as it would a Markup."""

    def __init__(self, html: str) -> None:
        self.html = Markup(html)
        self.plain = html.encode()
        deflate = deflater(9)
        self.deflated = deflate.compress(self.plain) + deflate.flush(zlib.Z_FULL_FLUSH)

    def __html__(self) -> Markup:
        g.setdefault("pieces", []).append(self)  # templates ask for this as they draw, in the page's order
        return self.html


def drawn_pieces() -> Iterable[Piece]:
    """Those of the response under way."""
    pieces: Iterable[Piece] = g.get("pieces", ())
    return pieces


def compress(body: bytes, pieces: Iterable[Piece]) -> bytes:
    """*body* as gzip. Only what stands between the *pieces* is compressed now.

    After a full flush nothing refers back, and the next byte begins a block. So compressed data that
    end with one may be put in a row, in any order.
    """
    deflate, packed, done = deflater(3), [HEAD], 0
    for piece in pieces:
        place = body.find(piece.plain, done)
        if place >= 0:
            packed += deflate.compress(body[done:place]), deflate.flush(zlib.Z_FULL_FLUSH), piece.deflated
            done = place + len(piece.plain)
    packed += deflate.compress(body[done:]), deflate.flush(), struct.pack("<LL", zlib.crc32(body), len(body))
    return b"".join(packed)


def deflater(level: int) -> "zlib._Compress":
    return zlib.compressobj(level, wbits=-zlib.MAX_WBITS)  # negative: without a head of zlib's own
