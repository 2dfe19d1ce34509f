"""What a trainee sees first: what to do now, then everything that is asked of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from training.curriculum import module_of
from training.domain.content import Module
from training.domain.progress import Standing, Status, Step, next_step
from training.models import Assignment
from training.standing import standings

URGENCY = (
    Status.OVERDUE,
    Status.IN_PROGRESS,
    Status.FAILED,
    Status.NOT_STARTED,
    Status.WAITING,
    Status.PASSED,
)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class AssignedModule:
    assignment: Assignment
    module: Module
    standing: Standing
    is_open: bool
    next: Step | None  # None when there is nothing to do, or not yet


@dataclass(frozen=True)
class Dashboard:
    first: AssignedModule | None  # what to do now; where nothing can be done now, what can be done the soonest
    modules: tuple[AssignedModule, ...]
    passed: int

    @property
    def is_of_several_cohorts(self) -> bool:
        return len({one.assignment.cohort_id for one in self.modules}) > 1


def dashboard(person: uuid.UUID, assignments: Sequence[Assignment], *, at: datetime) -> Dashboard:
    """What can be done now comes first; then what is overdue, then what was begun, by due date, then in the
    order of the course. What has to wait comes by the moment at which it can be done."""
    found = standings([person], assignments, at=at) if assignments else {}
    modules = []
    for assignment in assignments:
        module, standing = module_of(assignment.module_version_id), found[person, assignment.id]
        is_open = assignment.opens_at is None or assignment.opens_at <= at
        step = next_step(module, standing, at=at) if is_open else None
        modules.append(AssignedModule(assignment, module, standing, is_open, step))
    modules.sort(key=lambda one: (one.module.position, one.assignment.created_at))
    return Dashboard(
        first=min((one for one in modules if one.next), key=lambda one: urgency(one, at=at), default=None),
        modules=tuple(modules),
        passed=sum(one.standing.status == Status.PASSED for one in modules),
    )


def urgency(one: AssignedModule, *, at: datetime) -> tuple[datetime, int, datetime]:
    """The smallest is the most urgent."""
    wait = one.next.wait if one.next and not one.next.is_now else None
    not_before = wait.until if wait and wait.until else at
    return not_before, URGENCY.index(one.standing.status), one.assignment.due_at or NEVER
