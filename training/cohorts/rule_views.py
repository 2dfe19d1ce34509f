"""Pages on which a trainer changes the rules of an assessment, for the cohort or for one person."""

import uuid

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import rules
from training.cohorts.rule_forms import AllowanceForm, RulesForm, allowance_as_typed, as_typed
from training.cohorts.views import blueprint, cohort_page
from training.curriculum import module_of
from training.db import db, now
from training.domain.content import Assessment
from training.domain.rules import changes_of
from training.models import Assignment
from training.rules import cohort_rules, rules_of


@blueprint.route("/<uuid:cohort_id>/modules/<uuid:assignment_id>/rules/<assessment>", methods=["GET", "POST"])
@allow(trainers)
def assessment_rules(cohort_id: uuid.UUID, assignment_id: uuid.UUID, assessment: str) -> ResponseReturnValue:
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    ruled = assessment_in(assignment, assessment)
    form = RulesForm(data=as_typed(changes_of(assignment.rules, ruled.id)))
    form.describe(ruled, assignment.due_at)
    if not form.validate_on_submit():
        cohort = access.cohort_for(current_user, cohort_id)
        module = module_of(assignment.module_version_id)
        return cohort_page("rules", cohort, form=form, assessment=ruled, module=module), 422 if form.errors else 200
    rules.change_rules(assignment, ruled, form.changes, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The rules are saved. An attempt that is running keeps the time limit under which it began."), "good")
    return redirect(url_for(".modules", cohort_id=cohort_id))


@blueprint.route(
    "/<uuid:cohort_id>/people/<uuid:user_id>/allowances/<uuid:assignment_id>/<assessment>", methods=["GET", "POST"]
)
@allow(trainers)
def allowance(
    cohort_id: uuid.UUID, user_id: uuid.UUID, assignment_id: uuid.UUID, assessment: str
) -> ResponseReturnValue:
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    allowed = assessment_in(assignment, assessment)
    before, everybody = rules_of(user_id, assignment, allowed).allowance, cohort_rules(assignment, allowed)
    form = AllowanceForm(data=allowance_as_typed(before))
    form.describe(everybody.minutes, everybody.attempts, everybody.due_at)
    if not form.validate_on_submit():
        cohort, module = access.cohort_for(current_user, cohort_id), module_of(assignment.module_version_id)
        return cohort_page(
            "allowance",
            cohort,
            form=form,
            person=enrolment.user,
            assessment=allowed,
            module=module,
            granted=rules.allowances(user_id, assignment, allowed),
        ), 422 if form.errors else 200
    rules.allow_more(user_id, assignment, allowed, form.allowance, by=current_user.id, at=now())
    db.session.commit()
    flash(_("It is allowed from now on, also for an attempt that is running."), "good")
    return redirect(url_for(".person", cohort_id=cohort_id, user_id=user_id))


def assessment_in(assignment: Assignment, name: str) -> Assessment:
    return module_of(assignment.module_version_id).assessment_by_id.get(name) or abort(404)
