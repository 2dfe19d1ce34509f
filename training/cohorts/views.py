"""What a trainer does: run cohorts, see who is where, see what to teach again."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import assignments, by_hand, founding, lists, people, person_report, question_report, reports
from training.cohorts.forms import (
    AssignForm,
    CarriedForm,
    CohortForm,
    DatesForm,
    EditCohortForm,
    MoveForm,
    NewCohortForm,
    PersonForm,
    RosterForm,
)
from training.cohorts.join_sheet import join_sheet as sheet_of
from training.cohorts.paging import page_number, page_of
from training.curriculum import module_of, newest_versions
from training.db import db, now
from training.domain.join_codes import shown
from training.domain.progress import Status
from training.domain.roster import RosterRow
from training.domain.sign_in_names import fold_email, fold_service_number
from training.domain.spreadsheet import csv_file
from training.errors import Problem
from training.events import note
from training.models import Cohort
from training.scenario_runs import run_of
from training.writer import leaves_writing, write

blueprint = Blueprint("cohorts", __name__, url_prefix="/cohorts")
blueprint.add_app_template_global(by_hand.count_waiting)  # for the menu of a cohort


@blueprint.get("")
@allow(trainers)
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
def results(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """A POST, because the export is written down. Nobody's answer waits while it is made."""
    cohort, at = access.cohort_for(current_user, cohort_id), now()
    header, rows = reports.results_table(reports.cohort_report(cohort, at=at))
    write_down("results-exported", cohort, rows=len(rows))
    return csv_answer("results.csv", header, rows)


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


# Modules


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


# People


@blueprint.route("/<uuid:cohort_id>/people", methods=["GET", "POST"], endpoint="people")
@allow(trainers)
def people_of_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    form = PersonForm(may_add_trainers=current_user.is_admin)
    if form.validate_on_submit():
        row = RosterRow(
            1, form.name.data, fold_email(form.email.data or ""), fold_service_number(form.service_number.data or "")
        )
        [planned] = people.plan(cohort, [row], form.chosen_role)
        if sentence := people.objection(planned):
            form.refuse(sentence)
        else:
            return add_person(cohort, planned, form.chosen_role)
    return cohort_page(
        "people",
        cohort,
        form=form,
        trainers=people.members(cohort, "trainer", current_user),
        page=page_of(people.members(cohort, "trainee", current_user), page_number(request.args)),
    ), status_of(form)


def add_person(cohort: Cohort, planned: people.PlannedRow, role: str) -> ResponseReturnValue:
    """Someone new is answered with the link at once: it is kept nowhere, so no later page can show it."""
    invited = people.carry_out(cohort, [planned], role, by=current_user.id, at=now())
    db.session.commit()
    if invited:
        return links_page(cohort, invited)
    if planned.outcome is people.Outcome.ALREADY:
        flash(_("This person is in the cohort already. Nothing has changed."), "info")
    else:
        flash(_("The person is added. They sign in with the account that they have."), "good")
    return redirect(url_for(".people", cohort_id=cohort.id))


def links_page(cohort: Cohort, invited: Sequence[people.Invited]) -> str:
    carried = CarriedForm(formdata=None, carried=lists.carry_links(invited, cohort.id, current_user.id))
    lasts = (now() + lists.links_last()).date()
    return cohort_page("links", cohort, invited=invited, form=carried, lasts=lasts)


@blueprint.post("/<uuid:cohort_id>/people/links.csv")
@allow(trainers)
def links(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """The links of the page before, as a file: the page itself brings them."""
    cohort, form = access.cohort_for(current_user, cohort_id), CarriedForm()
    invited = lists.carried_links(form.carried.data or "", cohort.id, current_user.id)
    note("links-exported", f"cohort:{cohort.id}", actor=current_user.id, at=now(), rows=len(invited))
    db.session.commit()
    return csv_answer("links.csv", *lists.links_table(invited))


@blueprint.route("/<uuid:cohort_id>/people/csv", methods=["GET", "POST"])
@allow(trainers)
def people_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """A list of people: the POST shows what it would do, and does nothing."""
    cohort, form = access.cohort_for(current_user, cohort_id), RosterForm()
    if not form.validate_on_submit():
        return cohort_page("people_csv", cohort, form=form), status_of(form)
    rows = form.roster.rows
    carried = CarriedForm(formdata=None, carried=lists.carry_rows(rows, cohort.id, current_user.id))
    dry_run = lists.dry_run(form.roster, people.plan(cohort, rows, "trainee"))
    return cohort_page("dry_run", cohort, dry_run=dry_run, form=carried)


@blueprint.post("/<uuid:cohort_id>/people/csv/add")
@allow(trainers)
def add_people(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Do what the page before has shown: with the same rows, in one transaction."""
    cohort, form = access.cohort_for(current_user, cohort_id), CarriedForm()
    rows = lists.carried_rows(form.carried.data or "", cohort.id, current_user.id)
    planned = people.plan(cohort, rows, "trainee")
    invited = people.carry_out(cohort, planned, "trainee", by=current_user.id, at=now())
    db.session.commit()
    flash(_("%(count)s people were added.", count=sum(one.outcome in people.ADDS for one in planned)), "good")
    return links_page(cohort, invited) if invited else redirect(url_for(".people", cohort_id=cohort.id))


@blueprint.route("/<uuid:cohort_id>/people/<uuid:user_id>/<any(trainee, trainer):role>/end", methods=["GET", "POST"])
@allow(trainers)
def end_enrolment(cohort_id: uuid.UUID, user_id: uuid.UUID, role: str) -> ResponseReturnValue:
    if role == "trainer" and not current_user.is_admin:
        abort(404)
    enrolment = access.enrolment_for(current_user, cohort_id, user_id, role)
    if request.method == "GET":
        cohort = access.cohort_for(current_user, cohort_id)
        return cohort_page("end_enrolment", cohort, person=enrolment.user, role=role)
    people.end(enrolment, by=current_user.id, at=now())
    db.session.commit()
    flash(_("The person has left the cohort. You can add them again with the same sign-in name."), "good")
    return redirect(url_for(".people", cohort_id=cohort_id))


@blueprint.post("/<uuid:cohort_id>/people/<uuid:user_id>/link")
@allow(trainers)
def renew_link(cohort_id: uuid.UUID, user_id: uuid.UUID) -> ResponseReturnValue:
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    invited = people.renew_link(enrolment, by=current_user, at=now())
    db.session.commit()
    return links_page(access.cohort_for(current_user, cohort_id), [invited])


# One person


@blueprint.get("/<uuid:cohort_id>/people/<uuid:user_id>")
@allow(trainers)
def person(cohort_id: uuid.UUID, user_id: uuid.UUID) -> ResponseReturnValue:
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    cohort = access.cohort_for(current_user, cohort_id)
    modules = person_report.person_report(cohort, user_id, at=now())
    return cohort_page(
        "person",
        cohort,
        person=enrolment.user,
        enrolment=enrolment,
        modules=modules,
        last_at=max((one.standing.last_at for one in modules if one.standing.last_at), default=None),
        may_renew=people.may_renew(enrolment, current_user),
    )


@blueprint.get("/<uuid:cohort_id>/people/<uuid:user_id>/attempts/<uuid:attempt_id>")
@allow(trainers)
def attempt(cohort_id: uuid.UUID, user_id: uuid.UUID, attempt_id: uuid.UUID) -> ResponseReturnValue:
    found = access.cohort_attempt_for(current_user, cohort_id, user_id, attempt_id)
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort_page("attempt", cohort, person=enrolment.user, report=person_report.attempt_report(found))


# Questions


@blueprint.get("/<uuid:cohort_id>/questions")
@allow(trainers)
def questions(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, all_attempts = access.cohort_for(current_user, cohort_id), request.args.get("attempts") == "all"
    report = question_report.questions_report(cohort, all_attempts=all_attempts)
    page = page_of(report.questions, page_number(request.args), question_report.QUESTIONS_PAGE)
    return cohort_page("questions", cohort, page=page, quizzes=report.quizzes, all_attempts=all_attempts)


@blueprint.post("/<uuid:cohort_id>/questions.csv")
@allow(trainers)
@leaves_writing
def questions_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort, all_attempts = access.cohort_for(current_user, cohort_id), request.args.get("attempts") == "all"
    report = question_report.questions_report(cohort, all_attempts=all_attempts)
    header, rows = question_report.questions_table(report.questions)
    write_down("questions-exported", cohort, rows=len(rows))
    return csv_answer("questions.csv", header, rows)


def write_down(kind: str, cohort: Cohort, *, rows: int) -> None:
    subject, actor, at = f"cohort:{cohort.id}", current_user.id, now()
    write(lambda: note(kind, subject, actor=actor, at=at, rows=rows))


# Answers


def cohort_page(name: str, cohort: Cohort, **shown: object) -> str:
    return render_template(f"cohorts/{name}.html", cohort=cohort, **shown)


def status_of(form: CohortForm | DatesForm | PersonForm | RosterForm) -> int:
    return 422 if form.errors else 200


def csv_answer(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(header, rows), content_type="text/csv; charset=utf-8", headers=disposition)


@blueprint.get("/<uuid:cohort_id>/people/<uuid:user_id>/scenarios/<uuid:run>")
@allow(trainers)
def scenario(cohort_id: uuid.UUID, user_id: uuid.UUID, run: uuid.UUID) -> ResponseReturnValue:
    """How a trainee walked through a scenario, decision by decision."""
    steps = access.cohort_scenario_for(current_user, cohort_id, user_id, run)
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort_page("scenario", cohort, person=enrolment.user, run=run_of(steps))
