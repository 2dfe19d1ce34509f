"""What a person has to be told: their result was marked again, or an answer was marked by hand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from training.curriculum import assessment_of, module_of
from training.db import db
from training.models import Attempt, Notice, Result


@dataclass(frozen=True)
class Told:
    notice: Notice
    attempt: Attempt
    title: str  # of the assessment
    language: str
    only_measures: bool
    before: Result
    after: Result


UNREAD = (
    sa.select(Notice, Attempt, Result)
    .join(Attempt, Attempt.id == Notice.attempt_id)
    .join(Result, Result.attempt_id == Attempt.id)
    .where(
        Notice.user_id == sa.bindparam("person", type_=sa.Uuid()),
        Notice.read_at.is_(None),
        Result.marked_at <= Notice.created_at,
    )
    .order_by(Notice.created_at, Notice.id, Result.run)
)


def unread(person: uuid.UUID) -> Sequence[Told]:
    """The oldest first. A notice is of the result with its own date, and tells what was before."""
    results: dict[Notice, tuple[Attempt, list[Result]]] = {}
    for notice, attempt, result in db.session.execute(UNREAD, {"person": person}):
        results.setdefault(notice, (attempt, []))[1].append(result)
    return [
        Told(
            notice,
            attempt,
            assessment_of(attempt).title,
            module_of(attempt.module_version_id).language,
            assessment_of(attempt).only_measures,
            before=markings[-2],
            after=markings[-1],
        )
        for notice, (attempt, markings) in results.items()
    ]
