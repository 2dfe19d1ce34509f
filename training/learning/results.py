"""The results of one person: of each test that they handed in, also where the module or the cohort has ended."""

import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from training.curriculum import assessment_of, module_of
from training.domain.content import Assessment, Module
from training.models import Assignment, Attempt, Result
from training.paging import Page, page_found

RESULTS_PAGE = 20

LATER = aliased(Result)
HANDED_IN = (
    sa.select(Attempt, Result)
    .join(Result, Result.attempt_id == Attempt.id)
    .where(~sa.exists().where(LATER.attempt_id == Result.attempt_id, LATER.run > Result.run))
    .order_by(Attempt.started_at.desc(), Attempt.id)
    .options(joinedload(Attempt.assignment).joinedload(Assignment.cohort))
)


@dataclass(frozen=True)
class OwnResult:
    attempt: Attempt
    module: Module  # in the version of the attempt
    assessment: Assessment
    result: Result  # the one that counts


def results_of(person: uuid.UUID, number: int) -> Page:
    """A page of OwnResults, the newest attempt first."""
    page = page_found(HANDED_IN.where(Attempt.user_id == person), number, RESULTS_PAGE)
    return replace(
        page,
        rows=[
            OwnResult(attempt, module_of(attempt.module_version_id), assessment_of(attempt), result)
            for attempt, result in page.rows
        ],
    )
