"""Pages put together from pieces: what is the same for everybody is drawn once and compressed once."""

import secrets
import struct
import zlib
from collections.abc import Iterable, Iterator

from flask import g
from markupsafe import Markup

HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # of a gzip file: deflate, no name, no time


class Piece:
    """A part of many pages. A template puts it in place as it would a Markup; what it draws there is only a
    mark, for which `joined` and `compressed` put the piece."""

    def __init__(self, html: str) -> None:
        self.plain = html.encode()
        self.mark = Markup(f"\0{secrets.token_hex(8)}\0")  # nobody can type it: it is another one in each process
        deflate = deflater(9)
        self.deflated = deflate.compress(self.plain) + deflate.flush(zlib.Z_FULL_FLUSH)

    def __html__(self) -> Markup:
        g.setdefault("pieces", []).append(self)  # templates ask for this as they draw, in the page's order
        return self.mark


def drawn_pieces() -> Iterable[Piece]:
    """Those of the response under way."""
    pieces: Iterable[Piece] = g.get("pieces", ())
    return pieces


def joined(body: bytes, pieces: Iterable[Piece]) -> bytes:
    """The page: *body* with the *pieces* in place of their marks."""
    return b"".join(part if isinstance(part, bytes) else part.plain for part in parts(body, pieces))


def compressed(body: bytes, pieces: Iterable[Piece]) -> bytes:
    """The page as gzip. Only what stands between the *pieces* is compressed now.

    After a full flush nothing refers back, and the next byte begins a block. So compressed data that
    end with one may be put in a row, in any order and more than once.
    """
    deflate, packed, check, length = deflater(3, window=13, memory=7), [HEAD], 0, 0
    between: dict[bytes, bytes] = {}  # the same stands between many pieces
    for part in parts(body, pieces):
        if isinstance(part, bytes):
            plain = part
            if plain not in between:
                between[plain] = deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH)
            packed.append(between[plain])
        else:
            plain = part.plain
            packed.append(part.deflated)
        check, length = zlib.crc32(plain, check), length + len(plain)
    packed += deflate.flush(), struct.pack("<LL", check, length)
    return b"".join(packed)


def parts(body: bytes, pieces: Iterable[Piece]) -> Iterator[bytes | Piece]:
    for piece in pieces:
        before, mark, after = body.partition(piece.mark.encode())
        if mark:  # what was drawn may have been thrown away
            yield before
            yield piece
            body = after
    yield body


def deflater(level: int, window: int = zlib.MAX_WBITS, memory: int = zlib.DEF_MEM_LEVEL) -> "zlib._Compress":
    """A small *window* and little *memory* are enough for a few kilobytes, and are ready in half the time."""
    return zlib.compressobj(level, wbits=-window, memLevel=memory)  # negative: without a head of zlib's own
