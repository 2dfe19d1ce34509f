"""What a trainer does about marks: put a key right and mark again, mark answers by hand."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from training import access
from training.access import allow, trainers
from training.cohorts import by_hand, marking_again
from training.cohorts.by_hand import WrittenAnswer
from training.cohorts.key_forms import key_form
from training.cohorts.large_reports import large_report
from training.cohorts.marking_again import Passing, Preview, Question
from training.cohorts.marking_forms import ApplyForm, HandMarkForm
from training.cohorts.views import blueprint, cohort_page
from training.db import db, now
from training.models import Cohort
from training.paging import page_number, page_of
from training.writer import leaves_writing

ANSWERS_PAGE = 20
QUESTION = "/<uuid:cohort_id>/questions/<uuid:version_id>/<item_id>/key"


@blueprint.get(QUESTION)
@allow(trainers)
def key(cohort_id: uuid.UUID, version_id: uuid.UUID, item_id: str) -> ResponseReturnValue:
    cohort, question = question_for(cohort_id, version_id, item_id)
    return cohort_page(
        "key", cohort, question=question, form=key_form(question, may_rule_for_all=current_user.is_admin)
    )


@blueprint.post(QUESTION)
@allow(trainers)
@leaves_writing
@large_report
def preview(cohort_id: uuid.UUID, version_id: uuid.UUID, item_id: str) -> ResponseReturnValue:
    """Shows what would change, and changes nothing."""
    cohort, question = question_for(cohort_id, version_id, item_id)
    form = key_form(question, may_rule_for_all=current_user.is_admin)
    if not form.validate():
        return cohort_page("key", cohort, question=question, form=form), 422
    found = marking_again.preview(question, form.ruling, None if form.is_for_all else cohort.id)
    return preview_page(cohort, question, found, ApplyForm(formdata=None), is_for_all=form.is_for_all)


@blueprint.post(QUESTION + "/apply")
@allow(trainers)
def mark_again(cohort_id: uuid.UUID, version_id: uuid.UUID, item_id: str) -> ResponseReturnValue:
    cohort, question = question_for(cohort_id, version_id, item_id)
    form = ApplyForm()
    ruling, is_for_all = form.ruling_for(question), form.is_for_all and current_user.is_admin
    scope = None if is_for_all else cohort.id
    if not form.validate_on_submit():
        preview = marking_again.preview(question, ruling, scope)
        return preview_page(cohort, question, preview, form, is_for_all=is_for_all), 422
    try:
        done = marking_again.apply(
            question, ruling, scope, digest=form.digest.data, reason=form.reason.data, by=current_user.id, at=now()
        )
    except marking_again.Stale as stale:
        return preview_page(cohort, question, stale.preview, form, is_for_all=is_for_all, is_stale=True), 409
    db.session.commit()
    words = ngettext("%(num)s result was marked again.", "%(num)s results were marked again.", len(done.changed))
    flash(words + " " + _("The people concerned are told."), "good")
    return redirect(url_for(".questions", cohort_id=cohort.id))


def question_for(cohort_id: uuid.UUID, version_id: uuid.UUID, item_id: str) -> tuple[Cohort, Question]:
    version = access.cohort_question_for(current_user, cohort_id, version_id, item_id)
    cohort = access.cohort_for(current_user, cohort_id)
    return cohort, marking_again.question_in(cohort, version, item_id)


def preview_page(
    cohort: Cohort, question: Question, preview: Preview, form: ApplyForm, *, is_for_all: bool, is_stale: bool = False
) -> str:
    form.ruling.data = preview.ruling.model_dump_json(exclude_defaults=True)
    form.scope.data = "all" if is_for_all else "cohort"
    form.digest.data = preview.digest
    return cohort_page(
        "key_preview",
        cohort,
        question=question,
        key=marking_again.counting(question, preview.ruling),
        preview=preview,
        gained=preview.count(Passing.GAINED),
        lost=preview.count(Passing.LOST),
        form=form,
        is_for_all=is_for_all,
        is_stale=is_stale,
    )


# By hand


@blueprint.get("/<uuid:cohort_id>/answers")
@allow(trainers)
def answers(cohort_id: uuid.UUID) -> ResponseReturnValue:
    cohort = access.cohort_for(current_user, cohort_id)
    page = page_of(by_hand.waiting_answers(cohort), page_number(request.args), ANSWERS_PAGE)
    return cohort_page("answers", cohort, page=page)


@blueprint.route("/<uuid:cohort_id>/answers/<uuid:attempt_id>/<item_id>", methods=["GET", "POST"])
@allow(trainers)
def answer(cohort_id: uuid.UUID, attempt_id: uuid.UUID, item_id: str) -> ResponseReturnValue:
    attempt = access.cohort_work_for(current_user, cohort_id, attempt_id)
    cohort = access.cohort_for(current_user, cohort_id)
    shown = by_hand.written_answer(attempt, item_id)
    form = HandMarkForm(shown)
    if not form.validate_on_submit():
        return answer_page(cohort, shown, form), 422 if form.errors else 200
    try:
        given = {"ideas": form.found, "comment": form.comment.data, "seen": int(form.seen.data)}
        by_hand.give_mark(attempt, item_id, **given, by=current_user.id, at=now())
    except by_hand.Stale as stale:
        form.seen.data = str(len(stale.answer.marks))
        return answer_page(cohort, stale.answer, form, is_stale=True), 409
    db.session.commit()
    flash(_("The mark is saved."), "good")
    return redirect(url_for(".answers", cohort_id=cohort.id))


def answer_page(cohort: Cohort, shown: WrittenAnswer, form: HandMarkForm, *, is_stale: bool = False) -> str:
    person = by_hand.trainee_of(shown.attempt, cohort) if request.args.get("name") == "shown" else None
    return cohort_page("answer", cohort, answer=shown, form=form, person=person, is_stale=is_stale)
