"""The modules of a cohort: assign them, give them dates, withdraw them, move them to a newer version."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import assignments
from training.cohorts.forms import AssignForm, DatesForm, MoveForm
from training.cohorts.views import blueprint, cohort_page, status_of
from training.curriculum import module_of
from training.db import db, now
from training.errors import Problem
from training.models import Cohort


@blueprint.route("/<uuid:cohort_id>/modules", methods=["GET", "POST"])
@allow(trainers)
def modules(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    form, versions = AssignForm(), assignments.unassigned_versions(cohort)
    form.offer(versions)
    if form.is_submitted() and not versions:
        raise Problem(_("The cohort has every module already. Load the page of modules again."), 409)
    if not form.validate_on_submit():
        return modules_page(cohort, form), status_of(form)
    assignments.add_assignments(
        cohort,
        [version for version in versions if version.module_slug == form.module.data],
        opens_at=assignments.opening_moment(form.opens_on.data),
        due_at=assignments.due_moment(form.due_on.data),
        by=current_user.id,
        at=now(),
    )
    db.session.commit()
    flash(_("The module is assigned. The trainees see it at once."), "good")
    return redirect(url_for(".modules", cohort_id=cohort.id))


def modules_page(cohort: Cohort, form: AssignForm) -> str:
    return cohort_page("modules", cohort, form=form, assigned=assignments.assigned_modules(cohort))


@blueprint.route("/<uuid:cohort_id>/modules/<uuid:assignment_id>", methods=["GET", "POST"])
@allow(trainers)
def dates(cohort_id: uuid.UUID, assignment_id: uuid.UUID) -> ResponseReturnValue:
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    form = DatesForm(data=assignments.dates_of(assignment))
    if not form.validate_on_submit():
        cohort = access.cohort_for(current_user, cohort_id)
        title = module_of(assignment.module_version_id).title
        return cohort_page("dates", cohort, form=form, assignment=assignment, module_title=title), status_of(form)
    assignments.change_dates(
        assignment, opens_on=form.opens_on.data, due_on=form.due_on.data, by=current_user.id, at=now()
    )
    db.session.commit()
    flash(_("The dates are saved."), "good")
    return redirect(url_for(".modules", cohort_id=cohort_id))


@blueprint.post("/<uuid:cohort_id>/modules/<uuid:assignment_id>/withdraw")
@allow(trainers)
def withdraw(cohort_id: uuid.UUID, assignment_id: uuid.UUID) -> ResponseReturnValue:
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    assignments.withdraw(assignment, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The module is withdrawn. What was done stays; you can bring the module back below."), "good")
    return redirect(url_for(".modules", cohort_id=cohort_id))


@blueprint.post("/<uuid:cohort_id>/modules/<uuid:assignment_id>/restore")
@allow(trainers)
def restore(cohort_id: uuid.UUID, assignment_id: uuid.UUID) -> ResponseReturnValue:
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    assignments.restore(assignment, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The module is back, with everything that was done in it."), "good")
    return redirect(url_for(".modules", cohort_id=cohort_id))


@blueprint.post("/<uuid:cohort_id>/modules/<uuid:assignment_id>/move")
@allow(trainers)
def move(cohort_id: uuid.UUID, assignment_id: uuid.UUID) -> ResponseReturnValue:
    assignment = access.cohort_assignment_for(current_user, cohort_id, assignment_id)
    form = MoveForm()
    if not form.validate_on_submit():
        raise Problem(_("Load the page again and repeat the step."), 422)
    assignments.move(assignment, form.number.data, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The cohort is on version %(number)s now.", number=form.number.data), "good")
    return redirect(url_for(".modules", cohort_id=cohort_id))
