"""Reading a list of people from a CSV file, as spreadsheets of many countries write it."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from training.domain.sign_in_names import fold_email, fold_service_number

MOST_BYTES = 2**20
MOST_ROWS = 2000
NAME_LENGTH = 120
DELIMITERS = ",;\t"
COLUMNS = {"name": "name", "email": "email", "servicenumber": "service_number"}


class FileFault(StrEnum):
    """Why nothing of a file can be read."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NO_TEXT = "no-text"  # a workbook, a picture
    NO_HEADER = "no-header"
    SAME_COLUMN_TWICE = "same-column-twice"
    NO_ROWS = "no-rows"
    TOO_MANY_ROWS = "too-many-rows"
    QUOTES = "quotes"


class RowFault(StrEnum):
    """Why one row cannot be used."""

    NO_NAME = "no-name"
    LONG_NAME = "long-name"
    STRANGE_NAME = "strange-name"  # it contains signs that cannot be printed
    NO_SIGN_IN_NAME = "no-sign-in-name"
    BAD_EMAIL = "bad-email"
    BAD_SERVICE_NUMBER = "bad-service-number"
    TOO_MANY_CELLS = "too-many-cells"
    REPEATED = "repeated"  # the same sign-in name stands in an earlier row


class RosterError(ValueError):
    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class RosterRow:
    """One person. The sign-in names are folded; at least one of them is given."""

    line: int  # where the row begins in the file
    name: str
    email: str | None
    service_number: str | None

    @property
    def sign_in_name(self) -> str:
        return self.email or self.service_number or ""


@dataclass(frozen=True)
class BadRow:
    line: int
    shown: str  # enough of the row to find it again
    fault: RowFault
    earlier: int | None = None  # REPEATED: the line that has the same sign-in name


@dataclass(frozen=True)
class Roster:
    rows: tuple[RosterRow, ...]
    bad: tuple[BadRow, ...]
    ignored: tuple[str, ...]  # columns that we do not read


def read_roster(data: bytes) -> Roster:
    """The people in a CSV file. Raises RosterError where no row can be read at all."""
    lines = numbered_rows(decoded(data))
    _, header = next(lines, (1, []))
    columns = columns_of(header)
    rows: list[RosterRow] = []
    bad: list[BadRow] = []
    lines_by_name: dict[str, int] = {}
    for line, cells in lines:
        if len(rows) + len(bad) == MOST_ROWS:
            raise RosterError(FileFault.TOO_MANY_ROWS)
        given = {columns[n]: cell.strip() for n, cell in enumerate(cells[: len(header)]) if n in columns}
        row = read_row(line, given, too_many=any(cell.strip() for cell in cells[len(header) :]))
        if isinstance(row, RosterRow):
            names = [name for name in (row.email, row.service_number) if name]
            earlier = next((lines_by_name[name] for name in names if name in lines_by_name), None)
            if earlier is None:
                lines_by_name.update(dict.fromkeys(names, line))
                rows.append(row)
                continue
            row = BadRow(line, shown(given), RowFault.REPEATED, earlier)
        bad.append(row)
    if not rows and not bad:
        raise RosterError(FileFault.NO_ROWS)
    ignored = tuple(cell.strip()[:40] for n, cell in enumerate(header) if n not in columns and cell.strip())
    return Roster(tuple(rows), tuple(bad), ignored)


def decoded(data: bytes) -> str:
    """UTF-8 or, failing that, what a western spreadsheet on Windows writes."""
    if len(data) > MOST_BYTES:
        raise RosterError(FileFault.TOO_LARGE)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise RosterError(FileFault.EMPTY)
        return text
    raise RosterError(FileFault.NO_TEXT)


def numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise RosterError(FileFault.QUOTES) from None


def columns_of(header: Sequence[str]) -> dict[int, str]:
    """Which of our columns stands at which place: in any order, in any case, "Service number" too."""
    found: dict[int, str] = {}
    for place, cell in enumerate(header):
        word = "".join(sign for sign in cell.casefold() if sign.isalnum())
        if word in COLUMNS:
            if COLUMNS[word] in found.values():
                raise RosterError(FileFault.SAME_COLUMN_TWICE)
            found[place] = COLUMNS[word]
    if "name" not in found.values() or len(found) < 2:
        raise RosterError(FileFault.NO_HEADER)
    return found


def read_row(line: int, given: dict[str, str], *, too_many: bool) -> RosterRow | BadRow:
    fault = RowFault.TOO_MANY_CELLS if too_many else fault_of_name(given.get("name", ""))
    email, number = given.get("email", ""), given.get("service_number", "")
    if fault is None and not email and not number:
        fault = RowFault.NO_SIGN_IN_NAME
    if fault is None and email and not fold_email(email):
        fault = RowFault.BAD_EMAIL
    if fault is None and number and not fold_service_number(number):
        fault = RowFault.BAD_SERVICE_NUMBER
    if fault:
        return BadRow(line, shown(given), fault)
    return RosterRow(
        line,
        " ".join(given["name"].split()),
        fold_email(email) if email else None,
        fold_service_number(number) if number else None,
    )


def fault_of_name(name: str) -> RowFault | None:
    if not name:
        return RowFault.NO_NAME
    if len(name) > NAME_LENGTH:
        return RowFault.LONG_NAME
    # Format characters (Cf) are part of Arabic and Persian names; control characters are part of none.
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for sign in name):
        return RowFault.STRANGE_NAME
    return None


def shown(given: dict[str, str]) -> str:
    words = " · ".join(cell for cell in given.values() if cell)
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words)[:80]
