"""What a trainer does: run cohorts, see who is where. Modules, people, questions, marks and rules have views of
their own, which stand on the blueprint of this one."""

import uuid
from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from training import access
from training.access import allow, trainers
from training.cohorts import by_hand, founding, reports
from training.cohorts.forms import EditCohortForm, NewCohortForm
from training.cohorts.join_sheet import join_sheet as sheet_of
from training.cohorts.large_reports import large_report
from training.curriculum import newest_versions
from training.db import db, now
from training.domain.join_codes import shown
from training.domain.progress import Status
from training.domain.spreadsheet import csv_file
from training.events import note
from training.models import Cohort
from training.paging import page_number
from training.writer import leaves_writing, write

blueprint = Blueprint("cohorts", __name__, url_prefix="/cohorts")
blueprint.add_app_template_global(by_hand.count_waiting)  # for the menu of a cohort


@blueprint.get("")
@allow(trainers)
@large_report
def index() -> ResponseReturnValue:
    page = reports.cohort_lines(access.cohorts_for(current_user), page_number(request.args), at=now())
    return render_template("cohorts/index.html", page=page)


@blueprint.route("/new", methods=["GET", "POST"])
@allow(trainers)
def new() -> ResponseReturnValue:
    form, versions = NewCohortForm(), newest_versions()
    form.offer(versions)
    if not form.validate_on_submit():
        return render_template("cohorts/new.html", form=form), status_of(form)
    cohort = founding.found_cohort(
        name=form.name.data,
        unit=form.unit.data,
        country=form.country.data,
        deploys_on=form.deploys_on.data,
        versions=[version for version in versions if version.module_slug in form.modules.data],
        due_on=form.due_on.data,
        by=current_user.id,
        at=now(),
    )
    db.session.commit()
    flash(_("The cohort is made. Now add its people, or give them the join code."), "good")
    return redirect(url_for(".cohort", cohort_id=cohort.id))


@blueprint.get("/<uuid:cohort_id>")
@allow(trainers)
@large_report
def cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    report, chosen = reports.cohort_report(cohort, at=now()), reports.read_choice(request.args)
    return render_template(
        "cohorts/cohort.html",
        cohort=cohort,
        code=shown(cohort.join_code),
        report=report,
        chosen=chosen,
        page=report.chosen(chosen),
        statuses=list(Status),
        sorts={
            reports.Sort.NAME: _("by name"),
            reports.Sort.STATUS: _("the most urgent first"),
            reports.Sort.ACTIVITY: _("last active first"),
        },
    )


@blueprint.post("/<uuid:cohort_id>/results.csv")
@allow(trainers)
@leaves_writing
@large_report
def results(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """A POST, because the export is written down. Nobody's answer waits while it is made."""
    cohort, at = access.cohort_for(current_user, cohort_id), now()
    report = reports.cohort_report(cohort, at=at)
    write_down("results-exported", cohort, rows=len(report.rows) * max(1, len(report.modules)))
    return csv_answer("results.csv", *reports.results_table(report))


@blueprint.route("/<uuid:cohort_id>/edit", methods=["GET", "POST"])
@allow(trainers)
def edit(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    form = EditCohortForm(obj=cohort)
    if not form.validate_on_submit():
        return cohort_page("edit", cohort, form=form), status_of(form)
    form.populate_obj(cohort)
    note("cohort-changed", f"cohort:{cohort.id}", actor=current_user.id, at=now())
    db.session.commit()
    flash(_("The changes are saved."), "good")
    return redirect(url_for(".cohort", cohort_id=cohort.id))


@blueprint.get("/<uuid:cohort_id>/join-sheet")
@allow(trainers)
def join_sheet(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort_page("join_sheet", cohort, sheet=sheet_of(cohort))


@blueprint.post("/<uuid:cohort_id>/join-code")
@allow(trainers)
def new_join_code(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    founding.change_join_code(cohort, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The cohort has a new join code. The old one no longer works."), "good")
    return redirect(url_for(".join_sheet", cohort_id=cohort.id))


# What every view here answers with


def cohort_page(name: str, cohort: Cohort, **shown: object) -> str:
    return render_template(f"cohorts/{name}.html", cohort=cohort, **shown)


def status_of(form: FlaskForm) -> int:
    return 422 if form.errors else 200


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(header, rows), content_type="text/csv; charset=utf-8", headers=disposition)


def write_down(kind: str, cohort: Cohort, *, rows: int) -> None:
    subject, actor, at = f"cohort:{cohort.id}", current_user.id, now()
    write(lambda: note(kind, subject, actor=actor, at=at, rows=rows))
