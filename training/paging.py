"""Long lists, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from training.db import db

PAGE = 100


@dataclass(frozen=True)
class Page:
    """A stretch of a long list."""

    rows: Sequence[Any]
    number: int
    pages: int
    total: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(rows: Sequence[Any], number: int, size: int = PAGE) -> Page:
    """Page *number* of *rows*; the last one where there are not so many."""
    number, pages = within(len(rows), number, size)
    return Page(rows[(number - 1) * size : number * size], number, pages, len(rows))


def page_found(chosen: sa.Select[*tuple[Any, ...]], number: int, size: int = PAGE) -> Page:
    """Page *number* of the rows that the database finds; the last one where there are not so many."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(chosen.order_by(None).subquery())) or 0
    number, pages = within(total, number, size)
    return Page(db.session.execute(chosen.limit(size).offset((number - 1) * size)).all(), number, pages, total)


def within(total: int, number: int, size: int) -> tuple[int, int]:
    """The number of a page that there is, and how many there are."""
    pages = max(1, -(-total // size))
    return min(max(number, 1), pages), pages


def page_number(query: Mapping[str, str]) -> int:
    text = query.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
