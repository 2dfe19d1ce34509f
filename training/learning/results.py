"""The results of one person: of each test that they handed in, also where the module or the cohort has ended."""

import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from training.curriculum import assessment_of, module_of
from training.domain.content import Assessment, Module
from training.marking import IS_LAST
from training.models import Assignment, Attempt, Result
from training.paging import Page, page_found

RESULTS_PAGE = 20

HANDED_IN = (
    sa.select(Attempt, Result)
    .join(Result, Result.attempt_id == Attempt.id)
    .where(IS_LAST)
    .order_by(Attempt.started_at.desc(), Attempt.id)
    .options(joinedload(Attempt.assignment).joinedload(Assignment.cohort))
)


@dataclass(frozen=True)
class OwnResult:
    attempt: Attempt
    module: Module  # in the version of the attempt
    assessment: Assessment
    result: Result  # the one that counts


def own_results(person: uuid.UUID, number: int) -> Page:
    """A page of OwnResults, the newest attempt first."""
    page = page_found(HANDED_IN.where(Attempt.user_id == person), number, RESULTS_PAGE)
    return replace(
        page,
        rows=[
            OwnResult(attempt, module_of(attempt.module_version_id), assessment_of(attempt), result)
            for attempt, result in page.rows
        ],
    )
