"""What a person learned between a test before and its parallel form after, where they took both."""

from fractions import Fraction

import sqlalchemy as sa

from training.curriculum import assessment_of, bank_of
from training.db import db, fraction
from training.domain.content import Marks
from training.domain.gain import Gain, gain
from training.models import Assignment, Attempt, Result


def gain_of(attempt: Attempt, result: Result) -> Gain | None:
    """From the first attempt at the test that *attempt* is parallel to; None where there is none to compare."""
    after = assessment_of(attempt)
    if after.kind != "post-test" or after.parallel_to is None:
        return None
    module, _, name = after.parallel_to.partition("/")
    first = db.session.execute(
        sa.select(Attempt, Result.marks)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.user_id == attempt.user_id, Assignment.module_slug == module, Attempt.assessment == name)
        .order_by(Attempt.started_at, Result.run.desc())
        .limit(1)
    ).one_or_none()
    return gain(bank_of(first[0]), marks_in(first[1]), bank_of(attempt), marks_in(result.marks)) if first else None


def marks_in(kept: dict[str, list[str | None]]) -> Marks:
    """Marks as a Result keeps them; an answer that waits for its mark counts as nothing yet."""
    return {item: fraction(mark) if mark else Fraction(0) for item, (mark, _response) in kept.items()}
