"""What a trainer sees of cohorts: frozen, and the same for the page and for the file.

Each report, here and in the modules beside this one, takes the same few statements for two people
and for two thousand.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from training.cohorts.assignments import AssignedModule, assigned_modules
from training.db import db
from training.domain.progress import Standing, Status
from training.domain.spreadsheet import hundredths
from training.i18n import STATUS_WORDS
from training.models import Assignment, Cohort, Enrolment, User
from training.paging import Page, page_found, page_number, page_of
from training.standing import each_standing

COHORTS_PAGE = 20
URGENCY = (
    Status.OVERDUE,
    Status.FAILED,
    Status.NOT_STARTED,
    Status.WAITING,
    Status.IN_PROGRESS,
    Status.PASSED,
)


# All cohorts


@dataclass(frozen=True)
class CohortLine:
    cohort: Cohort
    people: int
    modules: int
    passed: int  # people who have passed each assigned module

    @property
    def share(self) -> Fraction:
        return Fraction(self.passed, self.people) if self.people else Fraction(0)


def cohort_lines(chosen: sa.Select[Any], number: int, *, at: datetime) -> Page:
    """A page of the *chosen* cohorts, with where each of them stands."""
    page = page_found(chosen, number, COHORTS_PAGE)
    cohorts: list[Cohort] = [row[0] for row in page.rows]
    ids = [cohort.id for cohort in cohorts]
    people: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in ids}
    modules: dict[uuid.UUID, list[Assignment]] = {one: [] for one in ids}
    for cohort_id, user_id in db.session.execute(
        sa.select(Enrolment.cohort_id, Enrolment.user_id).where(
            Enrolment.cohort_id.in_(ids), Enrolment.role == "trainee", Enrolment.ended_at.is_(None)
        )
    ):
        people[cohort_id].append(user_id)
    assignments = db.session.scalars(
        sa.select(Assignment).where(Assignment.cohort_id.in_(ids), Assignment.withdrawn_at.is_(None))
    ).all()
    for assignment in assignments:
        modules[assignment.cohort_id].append(assignment)
    assigned: dict[uuid.UUID, list[Assignment]] = {}
    for cohort_id, members in people.items():
        for person in members:
            assigned.setdefault(person, []).extend(modules[cohort_id])
    missing = {  # a person and a cohort of theirs with a module that is not passed
        (person, assignment.cohort_id)
        for person, assignment, standing in each_standing(assigned, at=at)
        if standing.status is not Status.PASSED
    }
    lines = [
        CohortLine(
            cohort,
            people=len(people[cohort.id]),
            modules=len(modules[cohort.id]),
            passed=sum(bool(modules[cohort.id]) and (person, cohort.id) not in missing for person in people[cohort.id]),
        )
        for cohort in cohorts
    ]
    return replace(page, rows=lines)


# One cohort: who is where


class Sort(StrEnum):
    NAME = "name"
    STATUS = "status"
    ACTIVITY = "activity"


@dataclass(frozen=True)
class Chosen:
    """What the reader of a cohort's page asked for."""

    status: Status | None = None
    sort: Sort = Sort.NAME
    page: int = 1


def read_choice(query: Mapping[str, str]) -> Chosen:
    """From a query string; what makes no sense there counts as not given."""
    status, sort = query.get("status", ""), query.get("sort", "")
    return Chosen(
        status=Status(status) if status in list(Status) else None,
        sort=Sort(sort) if sort in list(Sort) else Sort.NAME,
        page=page_number(query),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one person stands in one module."""

    status: Status
    share: Fraction  # of the module that is done
    best: Fraction | None
    attempts: int
    last_at: datetime | None


@dataclass(frozen=True)
class PersonRow:
    user_id: uuid.UUID
    name: str
    sign_in_name: str
    cells: tuple[Cell, ...]  # one for each module of the report

    @property
    def last_at(self) -> datetime | None:
        return max((cell.last_at for cell in self.cells if cell.last_at), default=None)

    @property
    def urgency(self) -> list[int]:
        """What sorts by status: the most pressing module first."""
        return sorted(URGENCY.index(cell.status) for cell in self.cells)


@dataclass(frozen=True)
class ModuleSummary:
    module: AssignedModule
    people: int
    counts: Mapping[Status, int]  # each status, also those that nobody has

    @property
    def passed(self) -> Fraction:
        return self.share(Status.PASSED)

    def share(self, status: Status) -> Fraction:
        return Fraction(self.counts[status], self.people) if self.people else Fraction(0)


@dataclass(frozen=True)
class CohortReport:
    modules: tuple[ModuleSummary, ...]
    rows: tuple[PersonRow, ...]  # all people, by name

    def chosen(self, chosen: Chosen) -> Page:
        rows = [row for row in self.rows if chosen.status in (None, *(cell.status for cell in row.cells))]
        if chosen.sort is Sort.STATUS:
            rows.sort(key=lambda row: row.urgency)
        elif chosen.sort is Sort.ACTIVITY:
            rows.sort(key=lambda row: -last_at.timestamp() if (last_at := row.last_at) else 0)
        return page_of(rows, chosen.page)


def cohort_report(cohort: Cohort, *, at: datetime) -> CohortReport:
    modules = [one for one in assigned_modules(cohort) if one.assignment.withdrawn_at is None]
    people = db.session.execute(
        sa.select(User.id, User.name, User.email, User.service_number)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "trainee", Enrolment.ended_at.is_(None))
    ).all()
    cells: dict[uuid.UUID, list[Cell]] = {person.id: [] for person in people}
    assigned = dict.fromkeys(cells, [one.assignment for one in modules])
    for person, _assignment, standing in each_standing(assigned, at=at):
        cells[person].append(cell_of(standing))
    rows = tuple(
        PersonRow(person.id, person.name, person.email or person.service_number, tuple(cells[person.id]))
        for person in sorted(people, key=lambda person: (person.name.casefold(), person.id))
    )
    return CohortReport(
        modules=tuple(
            ModuleSummary(one, len(rows), count_statuses(row.cells[place].status for row in rows))
            for place, one in enumerate(modules)
        ),
        rows=rows,
    )


def cell_of(standing: Standing) -> Cell:
    return Cell(standing.status, standing.share, standing.best, standing.attempts, standing.last_at)


def count_statuses(statuses: Iterable[Status]) -> Mapping[Status, int]:
    counted = Counter(statuses)
    return {status: counted[status] for status in Status}


def results_table(report: CohortReport) -> tuple[list[str], Iterator[list[str]]]:
    """The rows of the page as text for a file: one line for each person and module."""
    header = [
        _("Name"),
        _("Sign-in name"),
        _("Module"),
        _("Version"),
        _("Status"),
        _("Done (%)"),
        _("Best score (%)"),
        _("Quiz attempts"),
        _("Last activity (UTC)"),
    ]
    return header, results_lines(report)


def results_lines(report: CohortReport) -> Iterator[list[str]]:
    for row in report.rows:
        if not row.cells:
            yield [row.name, row.sign_in_name, *[""] * 7]
        for summary, cell in zip(report.modules, row.cells, strict=True):
            yield [
                row.name,
                row.sign_in_name,
                summary.module.title,
                str(summary.module.number),
                str(STATUS_WORDS[cell.status]),
                hundredths(cell.share),
                hundredths(cell.best),
                str(cell.attempts),
                cell.last_at.strftime("%Y-%m-%d %H:%M") if cell.last_at else "",
            ]
