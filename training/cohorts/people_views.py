"""The people of a cohort: add them, give them links, let them go, see how far one is and what they answered."""

import uuid
from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import lists, people, person_report
from training.cohorts.forms import CarriedForm, PersonForm, RosterForm
from training.cohorts.views import blueprint, cohort_page, csv_answer, status_of
from training.db import db, now
from training.domain.roster import RosterRow
from training.domain.sign_in_names import fold_email, fold_service_number
from training.events import note
from training.models import Cohort
from training.paging import page_number, page_of
from training.scenario_runs import run_of


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


@blueprint.get("/<uuid:cohort_id>/people/<uuid:user_id>/scenarios/<uuid:run>")
@allow(trainers)
def scenario(cohort_id: uuid.UUID, user_id: uuid.UUID, run: uuid.UUID) -> ResponseReturnValue:
    """How a trainee walked through a scenario, decision by decision."""
    steps = access.cohort_scenario_for(current_user, cohort_id, user_id, run)
    enrolment = access.enrolment_for(current_user, cohort_id, user_id)
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort_page("scenario", cohort, person=enrolment.user, run=run_of(steps))
