"""What a trainer changes in the rules of an assessment: for the cohort, and for one person with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from training.db import db
from training.domain.content import Assessment
from training.domain.rules import Allowance as AllowanceRule
from training.domain.rules import Changes
from training.events import note
from training.models import Allowance, Assignment, User


def change_rules(
    assignment: Assignment, assessment: Assessment, changes: Changes, *, by: uuid.UUID, at: datetime
) -> None:
    """From now on; an attempt that is running keeps the time limit under which it began."""
    others = {name: kept for name, kept in assignment.rules.items() if name != assessment.id}
    own = changes.model_dump(mode="json", exclude_none=True)
    assignment.rules = others | ({assessment.id: own} if own else {})
    subject = f"cohort:{assignment.cohort_id}"
    note("rules-changed", subject, actor=by, at=at, module=assignment.module_slug, assessment=assessment.id, rules=own)


@dataclass(frozen=True)
class Granted:
    """An allowance with the name of the trainer who gave it."""

    allowance: Allowance
    by: str


def allowances(person: uuid.UUID, assignment: Assignment, assessment: Assessment) -> Sequence[Granted]:
    """The latest first: it is the one that counts."""
    rows = db.session.execute(
        sa.select(Allowance, User.name)
        .join(User, User.id == Allowance.granted_by)
        .where(
            Allowance.user_id == person,
            Allowance.assignment_id == assignment.id,
            Allowance.assessment == assessment.id,
        )
        .order_by(Allowance.granted_at.desc(), Allowance.id.desc())
    )
    return [Granted(allowance, name) for allowance, name in rows]


def allow_more(
    person: uuid.UUID,
    assignment: Assignment,
    assessment: Assessment,
    allowed: AllowanceRule,
    *,
    by: uuid.UUID,
    at: datetime,
) -> None:
    """It takes the place of what the person was allowed before, and holds for a running attempt, too."""
    db.session.add(
        Allowance(
            assignment_id=assignment.id,
            user_id=person,
            assessment=assessment.id,
            **vars(allowed),
            granted_by=by,
            granted_at=at,
        )
    )
    note("allowed", f"user:{person}", actor=by, at=at, module=assignment.module_slug, assessment=assessment.id)
