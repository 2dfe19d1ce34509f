"""CSV files that a spreadsheet opens as text: no cell of ours is ever a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def guarded(cell: str) -> str:
    """*cell*, with an apostrophe before it where a spreadsheet would calculate it.

    Full-width signs count as well: some spreadsheets read them as the plain ones. Spaces before the
    sign do not hide it.
    """
    seen = unicodedata.normalize("NFKC", cell)
    dangerous = seen.startswith(STARTS_A_FORMULA) or seen.lstrip().startswith(STARTS_A_FORMULA)
    return f"'{cell}" if dangerous and not NUMBER.fullmatch(cell) else cell


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file, with the mark by which spreadsheets recognise UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(cell) for cell in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def hundredths(share: Fraction | float | None) -> str:
    """A share in whole per cent, rounded down like on the pages: 74.9 must not read as the 75 that passes."""
    return "" if share is None else str(floor(share * 100))
