"""Signing in, joining a cohort, one's own account, and the list of people."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from training.access import admins, allow, anyone, signed_in, signer, user_for, way_back
from training.accounts import first_admin, forms, invited, joining, names, passwords, sign_ins, throttle, users
from training.db import db, now
from training.domain import join_codes
from training.domain.passwords import TRAINEE_LENGTH, normal
from training.errors import Problem
from training.i18n import speaking
from training.invitations import invite, link
from training.models import Cohort, User

blueprint = Blueprint("accounts", __name__)


def page(template: str, form: Any, status: int = 200, **shown: Any) -> ResponseReturnValue:
    """A page with a form: 422 when it came back with errors."""
    if form.errors and status == 200:
        status = 422
    return render_template(f"accounts/{template}.html", form=form, **shown), status


# Signing in and out


@blueprint.route("/sign-in", methods=["GET", "POST"])
@allow(anyone)
def sign_in() -> ResponseReturnValue:
    form = forms.SignInForm(next=request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(way_back(form.next.data))
    if not form.validate_on_submit():
        return page("sign-in", form)
    at, typed = now(), form.sign_in_name.data
    try:
        user = owner_of(form.password.data, names.id_of(typed), names.throttled_as(typed), at)
    except Problem as problem:
        forms.refuse(form.password, problem.message)
        return page("sign-in", form, problem.status)
    sign_ins.start(user, at, shared=form.shared.data)
    is_short = len(normal(form.password.data)) < passwords.minimum_for(user.id)
    db.session.commit()
    if is_short:
        flash(_("You look after other people's results now. Choose a longer password."))
        return redirect(url_for(".password"))
    return redirect(way_back(form.next.data))


def owner_of(password: str, user_id: uuid.UUID | None, subject: str, at: datetime) -> User:
    """The person, after the slow check of the password; the same Problem whatever was wrong.

    The try is counted before the check, and stays counted when the check fails.
    """
    throttle.count_try(subject, at)
    db.session.commit()
    user = sign_ins.recognise(user_id, password)
    if user is None:
        raise Problem(_("The name and the password do not fit together. Check both, then try again."), 422)
    throttle.clear(subject, at)
    return user


@blueprint.post("/sign-out")
@allow(signed_in)
def sign_out() -> ResponseReturnValue:
    sign_ins.end_here(current_user.id, now())
    db.session.commit()
    flash(_("You are signed out."))
    return redirect(url_for(".sign_in"))


# Joining a cohort


@blueprint.route("/join", methods=["GET", "POST"])
@allow(anyone)
def join() -> ResponseReturnValue:
    form = forms.CodeForm()
    if not form.validate_on_submit():
        return page("join", form)
    try:
        cohort = cohort_of(form.code.data)
    except Problem as problem:
        forms.refuse(form.code, problem.message)
        return page("join", form, 429 if problem.status == 429 else 422)
    return redirect(url_for(".join_cohort", code=cohort.join_code))


def cohort_of(typed: str) -> Cohort:
    """The open cohort of a code. A wrong code is counted even on a GET, or codes could be guessed for free."""
    at = now()
    throttle.refuse_guessing(request.remote_addr, at)
    cohort = joining.open_cohort(typed)
    if cohort is None:
        count_guess(at)
        raise Problem(str(joining.NO_COHORT), 404)
    return cohort


def count_guess(at: datetime) -> None:
    db.session.rollback()  # the write has to be the first statement of its transaction: see db.begin
    throttle.count_guess(request.remote_addr, at)
    db.session.commit()


@blueprint.get("/join/<code>")
@allow(anyone)
def join_cohort(code: str) -> ResponseReturnValue:
    cohort = cohort_of(code)
    if current_user.is_authenticated:
        return render_template("accounts/join-signed-in.html", **shown_of(cohort))
    return page("join-new", join_form(cohort), **shown_of(cohort))


@blueprint.post("/join/<code>")
@allow(anyone)
def join_as_new(code: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for(".join_cohort", code=code))
    cohort = cohort_of(code)
    form, shown = join_form(cohort), shown_of(cohort)
    if not form.validate_on_submit():
        return page("join-new", form, **shown)
    password_hash, at = passwords.hashed(form.password.data), now()
    try:
        user = users.join(form.name.data, **form.sign_in_names, at=at)
    except users.NameTaken:
        count_guess(at)
        forms.refuse(form.sign_in_name, names.TAKEN_PERHAPS_BY_YOU)
        return page("join-new", form, **shown)
    user.password_hash, user.language = password_hash, str(get_locale())
    joining.enrol(user.id, shown["cohort_id"], at)
    sign_ins.start(user, at)
    db.session.commit()
    return redirect(url_for("learning.home"))


@blueprint.post("/join/<code>/enrol")
@allow(signed_in)
def enrol(code: str) -> ResponseReturnValue:
    cohort = cohort_of(code)
    joining.enrol(current_user.id, cohort.id, now())
    db.session.commit()
    flash(_("You are in the cohort now."))
    return redirect(url_for("learning.home"))


def join_form(cohort: Cohort) -> forms.JoinForm:
    return forms.JoinForm(minimum=TRAINEE_LENGTH, words=[cohort.name])


def shown_of(cohort: Cohort) -> Mapping[str, Any]:
    """What the pages of joining show of a cohort, and the way back to them after signing in."""
    here = url_for(".join_cohort", code=cohort.join_code)
    return {
        "cohort_id": cohort.id,
        "cohort_name": cohort.name,
        "code": cohort.join_code,
        "shown_code": join_codes.shown(cohort.join_code),
        "way": signer().dumps(here),
    }


# Invitations


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@allow(anyone)
def invitation(token: str) -> ResponseReturnValue:
    user = person_invited(token)
    is_first_admin = first_admin.is_awaited(user)
    kind = forms.FirstAdminForm if is_first_admin else forms.InvitationForm
    form = kind(
        minimum=passwords.minimum_for(user.id),
        words=[user.email or "", user.service_number or ""],
        name="" if is_first_admin else user.name,
    )
    shown: dict[str, Any] = {"sign_in_name": user.sign_in_name, "is_first_admin": is_first_admin}
    if not form.validate_on_submit():
        return page("invitation", form, **shown)
    password_hash, at = passwords.hashed(form.password.data), now()
    own = form.sign_in_names if is_first_admin else {}
    try:
        user = invited.accept(token, password_hash, at, name=form.name.data, **own)
    except users.NameTaken as problem:
        db.session.rollback()
        forms.refuse(form.email, problem.message)
        return page("invitation", form, **shown)
    sign_ins.start(user, at)
    db.session.commit()
    return redirect(url_for("learning.home"))


def person_invited(token: str) -> User:
    at = now()
    throttle.refuse_guessing(request.remote_addr, at)
    try:
        return invited.invited_person(token, at)
    except invited.UnknownLink:
        count_guess(at)
        raise


# One's own account


@blueprint.route("/account", methods=["GET", "POST"])
@allow(signed_in)
def account() -> ResponseReturnValue:
    me = user_for(current_user, current_user.id)
    form = forms.ProfileForm(name=me.name, language=me.language, component=me.component or "")
    if form.validate_on_submit():
        me.name, me.language, me.component = form.name.data, form.language.data, form.component.data or None
        db.session.commit()
        with speaking(str(form.language.data)):  # the next page's, which may be new
            flash(_("Saved."))
        return redirect(url_for(".account"))
    devices = sign_ins.running(me.id, now())
    return page("account", form, names=names_of(me), devices=devices, here=current_user.sign_in_id)


def names_of(user: User) -> Sequence[tuple[str, str]]:
    """The sign-in names, as facts to show."""
    both = (_("E-mail address"), user.email), (_("Service number"), user.service_number)
    return [(label, name or _("none")) for label, name in both]


@blueprint.route("/account/password", methods=["GET", "POST"])
@allow(signed_in)
def password() -> ResponseReturnValue:
    me = user_for(current_user, current_user.id)
    form = forms.PasswordForm(
        minimum=passwords.minimum_for(me.id), words=[me.name, me.email or "", me.service_number or ""]
    )
    if not form.validate_on_submit():
        return page("password", form, sign_in_name=me.sign_in_name)
    shown: dict[str, Any] = {"sign_in_name": me.sign_in_name}
    try:
        me = myself_again(form.present.data)
        db.session.commit()
    except Problem as problem:
        forms.refuse(form.present, problem.message)
        return page("password", form, problem.status, **shown)
    password_hash, at = passwords.hashed(form.password.data), now()
    invited.set_password(user_for(current_user, current_user.id), password_hash, at, but=current_user.sign_in_id)
    db.session.commit()
    flash(_("Your password is changed. Other devices are signed out."))
    return redirect(url_for(".account"))


@blueprint.route("/account/sign-in-names", methods=["GET", "POST"])
@allow(signed_in)
def sign_in_names() -> ResponseReturnValue:
    me = user_for(current_user, current_user.id)
    form = forms.SignInNamesForm(email=me.email, service_number=me.service_number)
    if not form.validate_on_submit():
        return page("sign-in-names", form)
    try:
        me = myself_again(form.present.data)
        users.rename(me, **form.sign_in_names, by=me.id, at=now())
    except Problem as problem:
        forms.refuse(form.email if isinstance(problem, users.NameTaken) else form.present, problem.message)
        return page("sign-in-names", form, 429 if problem.status == 429 else 422)
    db.session.commit()
    flash(_("Saved. From now on you sign in with this."))
    return redirect(url_for(".account"))


def myself_again(password: str) -> User:
    """Me, after my password was asked again: a phone that lies open must not be enough for some things."""
    try:
        return owner_of(password, current_user.id, f"again:{current_user.id}", now())
    except Problem as problem:
        if problem.status == 422:
            raise Problem(_("This is not your present password. Try again."), 422) from None
        raise


@blueprint.post("/account/sign-out-everywhere")
@allow(signed_in)
def sign_out_everywhere() -> ResponseReturnValue:
    at = now()
    sign_ins.end_everywhere(current_user.id, at)
    sign_ins.end_here(current_user.id, at)
    db.session.commit()
    flash(_("You are signed out on all devices."))
    return redirect(url_for(".sign_in"))


# People, for admins


@blueprint.get("/users", endpoint="users")
@allow(admins)
def list_users() -> ResponseReturnValue:
    searched = session.get("searched", "")
    found = users.listing(searched, max(1, min(request.args.get("page", 1, type=int), 100_000)))
    return page("users", forms.SearchForm(searched=searched), listing=found, searched=searched)


@blueprint.post("/users")
@allow(admins)
def search_users() -> ResponseReturnValue:
    """What is searched for is somebody's name, so it stands in the session, not in the address."""
    form = forms.SearchForm()
    if not form.validate_on_submit():
        return page("users", form, listing=users.listing("", 1), searched="")
    session["searched"] = form.searched.data or ""
    return redirect(url_for(".users"))


@blueprint.route("/users/new", methods=["GET", "POST"])
@allow(admins)
def new_user() -> ResponseReturnValue:
    form = forms.NewUserForm()
    if not form.validate_on_submit():
        return page("user-new", form)
    at = now()
    try:
        user = users.add(form.name.data, **form.sign_in_names, by=current_user.id, at=at)
    except users.NameTaken as problem:
        forms.refuse(form.email, problem.message)
        return page("user-new", form)
    users.set_admin(user, form.is_admin.data, by=current_user.id, at=at)
    return new_link(user, at)


@blueprint.route("/users/<uuid:user_id>", methods=["GET", "POST"], endpoint="user")
@allow(admins)
def change_user(user_id: uuid.UUID) -> ResponseReturnValue:
    person = user_for(current_user, user_id)
    form = forms.UserForm(obj=person)
    shown: dict[str, Any] = {"person_id": person.id, "person_name": person.name, "is_me": person.id == current_user.id}
    if not form.validate_on_submit():
        return page("user", form, **shown)
    is_admin = person.is_admin if shown["is_me"] else form.is_admin.data
    names_given: Mapping[str, Any] = form.sign_in_names
    try:
        users.change(
            person,
            form.name.data,
            **names_given,
            is_admin=is_admin,
            active=form.active.data,
            by=current_user.id,
            at=now(),
        )
    except Problem as problem:
        db.session.rollback()
        form.form_errors.append(problem.message)
        return page("user", form, **shown)
    db.session.commit()
    flash(_("Saved."))
    return redirect(url_for(".users"))


@blueprint.post("/users/<uuid:user_id>/invitation")
@allow(admins)
def invite_user(user_id: uuid.UUID) -> ResponseReturnValue:
    person = user_for(current_user, user_id)
    if not person.active:
        raise Problem(_("This account is switched off. Switch it on first."), 409)
    return new_link(person, now())


def new_link(person: User, at: datetime) -> ResponseReturnValue:
    """A link is shown once, as the answer to the POST: it stands in no address and no cookie."""
    token = invite(person.id, at, by=current_user.id)
    shown = {"person_id": person.id, "person_name": person.name}
    db.session.commit()
    return render_template(
        "accounts/link.html", link=link(token), days=current_app.config["INVITATION_LASTS"].days, **shown
    )
