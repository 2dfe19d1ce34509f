"""The pages of scenarios: decide, see what comes of it, think about it at the end."""

import uuid

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.access import allow, assignment_for, signed_in
from training.curriculum import module_of
from training.db import db, now
from training.domain.content import Scenario
from training.learning import scenarios
from training.learning.forms import DecisionForm
from training.learning.views import blueprint
from training.models import Assignment
from training.scenario_runs import Run


@blueprint.get("/modules/<uuid:assignment_id>/scenarios/<scenario>")
@allow(signed_in)
def scenario(assignment_id: uuid.UUID, scenario: str) -> ResponseReturnValue:
    assignment, story = scenario_for(assignment_id, scenario)
    run = None if "again" in request.args else scenarios.run_in(current_user.id, assignment, story)
    form = DecisionForm(formdata=None, run=run.id if run else uuid.uuid4(), number=len(run.walk.path) + 1 if run else 1)
    return scenario_page(assignment, story, run, form)


@blueprint.post("/modules/<uuid:assignment_id>/scenarios/<scenario>")
@allow(signed_in)
def decide(assignment_id: uuid.UUID, scenario: str) -> ResponseReturnValue:
    assignment, story = scenario_for(assignment_id, scenario)
    form = DecisionForm()
    if not form.validate_on_submit():
        run = scenarios.run_in(current_user.id, assignment, story, form.run_id)
        return scenario_page(assignment, story, run, form), 422
    scenarios.decide(
        current_user.id,
        assignment,
        story,
        run=form.run_id,
        number=form.number.data,
        choice=form.choice.data,
        at=now(),
    )
    db.session.commit()
    return redirect(url_for(".scenario", assignment_id=assignment.id, scenario=scenario, _anchor="now"))


def scenario_page(assignment: Assignment, story: Scenario, run: Run | None, form: DecisionForm) -> str:
    """The story as far as it has gone; a run stays in the version in which it began."""
    return render_template(
        "learning/scenario.html",
        assignment=assignment,
        module=run.module if run else module_of(assignment.module_version_id),
        scenario=run.scenario if run else story,
        walk=run.walk if run else None,
        now=run.walk.now if run else story.points[0],
        form=form,
    )


def scenario_for(assignment_id: uuid.UUID, scenario: str) -> tuple[Assignment, Scenario]:
    assignment = assignment_for(current_user, assignment_id)
    return assignment, module_of(assignment.module_version_id).scenario_by_slug.get(scenario) or abort(404)
