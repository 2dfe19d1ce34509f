"""The memory of a server's process: kept small, so that two of them fit on a small machine."""

import ctypes
import gc
from contextlib import suppress

M_ARENA_MAX = -8  # of malloc.h
NO_GLIBC = suppress(AttributeError, OSError)


def settle() -> None:
    """Keep memory small in what this process does from here on, and in copies of it.

    glibc gives each of many threads a place of its own to take memory from. A large report is made by
    one after the other, and each place keeps what it needed: that was two thirds of the server's memory.
    """
    with NO_GLIBC:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    gc.collect()
    gc.freeze()  # what is there now stays: to look through it again takes time, and copies what processes share


def give_back() -> None:
    """Give the system what is free again: glibc would keep it for the next large report."""
    gc.collect()
    with NO_GLIBC:
        ctypes.CDLL(None).malloc_trim(0)
