"""Loads how a person walked through scenarios, for their own pages and for their trainer's."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from training.curriculum import module_of
from training.db import db
from training.domain.content import Module, Scenario
from training.domain.scenarios import Walk, walk
from training.models import Assignment, ScenarioStep


@dataclass(frozen=True)
class Run:
    """One walk through a scenario, in the version of the module in which it began."""

    id: uuid.UUID
    assignment_id: uuid.UUID
    version_id: uuid.UUID
    module: Module
    scenario: Scenario
    walk: Walk
    begun_at: datetime
    last_at: datetime


def runs_of(person: uuid.UUID, *assignments: Assignment) -> Sequence[Run]:
    """All runs in these assigned modules, the latest last."""
    steps: defaultdict[uuid.UUID, list[ScenarioStep]] = defaultdict(list)
    for step in db.session.scalars(
        sa.select(ScenarioStep)
        .where(
            ScenarioStep.user_id == person,
            ScenarioStep.assignment_id.in_([assignment.id for assignment in assignments]),
        )
        .order_by(ScenarioStep.run, ScenarioStep.number)
    ):
        steps[step.run].append(step)
    return sorted((run_of(one) for one in steps.values()), key=lambda run: run.begun_at)


def run_of(steps: Sequence[ScenarioStep]) -> Run:
    module = module_of(steps[0].module_version_id)
    scenario = module.scenario_by_slug[steps[0].scenario]
    way = walk(scenario, [step.choice for step in steps])
    return Run(
        id=steps[0].run,
        assignment_id=steps[0].assignment_id,
        version_id=steps[0].module_version_id,
        module=module,
        scenario=scenario,
        walk=way,
        begun_at=steps[0].at,
        last_at=steps[-1].at,
    )
