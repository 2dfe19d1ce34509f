"""Deciding in a scenario. Each decision is kept as it was taken; taking it again changes nothing."""

import uuid
from datetime import datetime

from flask_babel import gettext as _

from training.db import db, insert
from training.domain.content import Scenario
from training.errors import Problem
from training.models import Assignment, ScenarioStep
from training.scenario_runs import Run, runs_of


def run_in(person: uuid.UUID, assignment: Assignment, scenario: Scenario, run: uuid.UUID | None = None) -> Run | None:
    """The run of this id, or the latest one; None before the first decision."""
    runs = [one for one in runs_of(person, assignment) if one.scenario.slug == scenario.slug]
    return next((one for one in reversed(runs) if run in (None, one.id)), None)


def decide(
    person: uuid.UUID,
    assignment: Assignment,
    scenario: Scenario,
    *,
    run: uuid.UUID,
    number: int,
    choice: str,
    at: datetime,
) -> None:
    """Keep the decision *number* of a run, a new one or one under way.

    A decision that the run has already stays as it is: the page that comes back shows it.
    """
    so_far = run_in(person, assignment, scenario, run)
    taken = len(so_far.walk.path) if so_far else 0
    if number <= taken:
        return
    now = so_far.walk.now if so_far else scenario.points[0]
    if now is None or number > taken + 1 or choice not in now.choice_by_id:
        raise Problem(_("This decision does not fit where the story is now. Load the page again."), 422)
    db.session.execute(
        insert(ScenarioStep).on_conflict_do_nothing(),
        {
            "id": uuid.uuid5(run, str(number)),
            "user_id": person,
            "assignment_id": assignment.id,
            "module_version_id": so_far.version_id if so_far else assignment.module_version_id,
            "scenario": scenario.slug,
            "run": run,
            "number": number,
            "point": now.id,
            "choice": choice,
            "at": at,
        },
    )
