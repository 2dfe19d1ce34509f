"""An attempt begins and ends. Each step may be repeated without harm; what happens between: answers.py."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from training.curriculum import module_of
from training.db import db, new_id
from training.domain.content import Assessment
from training.domain.papers import draw_paper
from training.errors import Problem
from training.marking import marked
from training.models import Assignment, Attempt, Result
from training.responses import hold


def start(person: uuid.UUID, assignment: Assignment, assessment: Assessment, *, seed: int, at: datetime) -> Attempt:
    """A new attempt, or the open one: who starts again goes on where they were.

    Raises Problem when no attempt is left or the assignment is not open yet. The database settles a
    race of many starts: numbers are unique, and it refuses a second open attempt.
    """
    earlier = attempts_so_far(person, assignment, assessment)
    if open_one := next((attempt for attempt, is_open in earlier if is_open), None):
        return open_one
    if assignment.opens_at and at < assignment.opens_at:
        raise Problem(_("This quiz is not open yet. Come back on the day that your trainer set."), 409)
    if assessment.attempts is not None and len(earlier) >= assessment.attempts:
        raise Problem(_("You have used all your attempts. Ask your trainer what to do next."), 409)
    module = module_of(assignment.module_version_id)
    seen = {item for attempt, _is_open in earlier for item in attempt.paper}
    attempt = Attempt(
        id=new_id(),
        user_id=person,
        assignment_id=assignment.id,
        module_version_id=assignment.module_version_id,
        assessment=assessment.id,
        number=len(earlier) + 1,
        paper=list(draw_paper(module, assessment, seed=seed, seen=seen)),
        started_at=at,
        deadline=at + timedelta(minutes=assessment.minutes) if assessment.minutes else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
    except IntegrityError:  # another start of the same person was faster: theirs is the open one
        return next(attempt for attempt, is_open in attempts_so_far(person, assignment, assessment) if is_open)
    return attempt


def attempts_so_far(person: uuid.UUID, assignment: Assignment, assessment: Assessment) -> list[tuple[Attempt, bool]]:
    """Each attempt with whether it is open, the oldest first."""
    is_open = ~sa.exists().where(Result.attempt_id == Attempt.id)
    rows = db.session.execute(
        sa.select(Attempt, is_open)
        .where(
            Attempt.user_id == person,
            Attempt.assignment_id == assignment.id,
            Attempt.assessment == assessment.id,
        )
        .order_by(Attempt.number)
    )
    return [(attempt, is_open) for attempt, is_open in rows]


def submit(attempt: Attempt, *, at: datetime) -> None:
    """Mark the attempt with the answers that count. A second submit changes nothing."""
    if not hold(attempt, for_marking=True):
        db.session.add(marked(attempt, reason="submitted", at=at))
