"""Lists of people as files: what a CSV file would do, and the step from showing it to doing it."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from training.cohorts.people import ADDS, REFUSED, Invited, Outcome, PlannedRow, objection
from training.domain.roster import BadRow, FileFault, Roster, RosterRow, RowFault
from training.errors import Problem

CARRIED_LASTS = 24 * 60 * 60
FILE_SENTENCES = {
    FileFault.EMPTY: _l("The file is empty. Choose the file with your list."),
    FileFault.TOO_LARGE: _l("The file is larger than 1 MB. Split it into smaller files."),
    FileFault.NO_TEXT: _l("This is not a CSV file. Save the list as CSV (UTF-8) in your spreadsheet, and choose that."),
    FileFault.NO_HEADER: _l("The first line has to name the columns: name, and email or service_number or both."),
    FileFault.SAME_COLUMN_TWICE: _l("A column stands in the first line twice. Take out one of the two columns."),
    FileFault.NO_ROWS: _l("The file has no people below the first line. Add one line for each person."),
    FileFault.TOO_MANY_ROWS: _l("The file has more than 2,000 people. Split it into smaller files."),
    FileFault.QUOTES: _l("The file cannot be read to its end: a quotation mark is open. Save the list as CSV again."),
}
ROW_SENTENCES = {
    RowFault.NO_NAME: _l("The name is missing. Write it in the column “name”."),
    RowFault.LONG_NAME: _l("The name is too long. Use at most 120 letters."),
    RowFault.STRANGE_NAME: _l("The name contains signs that cannot be printed. Type the name again."),
    RowFault.NO_SIGN_IN_NAME: _l("An e-mail address or a service number is missing. Give one of them."),
    RowFault.BAD_EMAIL: _l("The e-mail address is not complete. It looks like name@example.org."),
    RowFault.BAD_SERVICE_NUMBER: _l("The service number needs 3 to 40 letters and digits; - and / are allowed."),
    RowFault.TOO_MANY_CELLS: _l("The row has more cells than the first line. Look for a comma too many."),
}


@dataclass(frozen=True)
class RefusedRow:
    line: int
    shown: str
    sentence: str


@dataclass(frozen=True)
class DryRun:
    """What a list would do."""

    planned: tuple[PlannedRow, ...]  # the rows that are in order
    refused: tuple[RefusedRow, ...]  # by line
    ignored: tuple[str, ...]  # columns that are not read

    @property
    def adds(self) -> int:
        return sum(one.outcome in ADDS for one in self.planned)

    @property
    def new(self) -> int:
        return self.count(Outcome.NEW)

    @property
    def known(self) -> int:
        return self.count(Outcome.KNOWN) + self.count(Outcome.BACK)

    @property
    def already(self) -> int:
        return self.count(Outcome.ALREADY)

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome is outcome for one in self.planned)


def dry_run(roster: Roster, planned: Sequence[PlannedRow]) -> DryRun:
    refused = [RefusedRow(bad.line, bad.shown, sentence_for(bad)) for bad in roster.bad]
    for one in planned:
        if sentence := objection(one):
            refused.append(RefusedRow(one.row.line, f"{one.row.name} · {one.row.sign_in_name}", sentence))
    return DryRun(
        planned=tuple(one for one in planned if one.outcome not in REFUSED),
        refused=tuple(sorted(refused, key=lambda row: row.line)),
        ignored=roster.ignored,
    )


def sentence_for(bad: BadRow) -> str:
    if bad.fault is RowFault.REPEATED:
        return _("Line %(line)s has the same sign-in name. Take out one of the two lines.", line=bad.earlier)
    return str(ROW_SENTENCES[bad.fault])


# From one page to the next: signed, for one cohort and one person, for a day.


def carry_rows(rows: Sequence[RosterRow], cohort_id: uuid.UUID, person: uuid.UUID) -> str:
    return str(signer("roster", cohort_id, person).dumps([list(asdict(row).values()) for row in rows]))


def carried_rows(carried: str, cohort_id: uuid.UUID, person: uuid.UUID) -> list[RosterRow]:
    return [RosterRow(*cells) for cells in opened(carried, signer("roster", cohort_id, person))]


def carry_links(invited: Sequence[Invited], cohort_id: uuid.UUID, person: uuid.UUID) -> str:
    return str(signer("links", cohort_id, person).dumps([list(asdict(one).values()) for one in invited]))


def carried_links(carried: str, cohort_id: uuid.UUID, person: uuid.UUID) -> list[Invited]:
    return [Invited(*cells) for cells in opened(carried, signer("links", cohort_id, person))]


def links_last() -> timedelta:
    lasts: timedelta = current_app.config["INVITATION_LASTS"]
    return lasts


def links_table(invited: Sequence[Invited]) -> tuple[list[str], list[list[str]]]:
    """The links as text for a file."""
    return [_("Name"), _("Sign-in name"), _("Link")], [[one.name, one.sign_in_name, one.link] for one in invited]


def opened(carried: str, signer: URLSafeTimedSerializer) -> list[list[Any]]:
    try:
        rows: list[list[Any]] = signer.loads(carried, max_age=CARRIED_LASTS)
    except SignatureExpired:
        raise Problem(_("This page is older than a day. Start again with the file."), 422) from None
    except BadSignature:
        raise Problem(_("The list was changed on the way. Start again with the file."), 422) from None
    return rows


def signer(purpose: str, cohort_id: uuid.UUID, person: uuid.UUID) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"{purpose}:{cohort_id}:{person}")
