"""What a trainee does: see what is next, read lessons, answer their questions, take quizzes."""

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from training import closing
from training.access import allow, assignment_for, assignments_for, attempt_for, notice_for, signed_in
from training.curriculum import assessment_of, bank_of, module_of
from training.curriculum import words as explained_words
from training.db import db, now
from training.device import this_device
from training.domain import grading
from training.domain.content import Answer, Item, Lesson, Module
from training.domain.papers import option_order, ways_to_score
from training.domain.progress import next_step
from training.domain.responses import effective, set_aside
from training.domain.rules import shows_feedback
from training.errors import Problem
from training.gains import gain_of
from training.learning import answers, attempts, certainty, forms, leases, lessons, notices
from training.learning.dashboard import dashboard
from training.learning.prepared import prepared, question
from training.learning.refreshers import refreshers
from training.learning.results import own_results
from training.marking import facts_of, result_of, reviewed
from training.models import Assignment, Attempt
from training.paging import page_number
from training.rules import rules_of_showing, time_of
from training.scenario_runs import runs_of
from training.standing import standing_of
from training.writer import leaves_writing, write

blueprint = Blueprint("learning", __name__)


@blueprint.get("/")
@allow(signed_in)
def home() -> ResponseReturnValue:
    assigned, at = assignments_for(current_user), now()
    return render_template(
        "learning/home.html",
        dashboard=dashboard(current_user.id, assigned, at=at),
        to_look_again=sum(one.is_due(at) for one in refreshers(current_user.id, assigned)),
        told=notices.unread(current_user.id),
    )


@blueprint.post("/notices/<uuid:notice_id>/read")
@allow(signed_in)
def read_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    notice = notice_for(current_user, notice_id)
    notice.read_at = notice.read_at or now()
    db.session.commit()
    if request.form.get("then") == "result":
        return redirect(url_for(".result", attempt_id=notice.attempt_id))
    return redirect(url_for(".home"))


@blueprint.get("/words")
@allow(signed_in)
def words() -> ResponseReturnValue:
    """The glossary: every word that the course explains."""
    return render_template("learning/words.html", words=explained_words())


@blueprint.get("/results")
@allow(signed_in)
def results() -> ResponseReturnValue:
    return render_template("learning/results.html", page=own_results(current_user.id, page_number(request.args)))


@blueprint.get("/modules/<uuid:assignment_id>")
@allow(signed_in)
def module(assignment_id: uuid.UUID) -> ResponseReturnValue:
    assignment = assignment_for(current_user, assignment_id)
    document = module_of(assignment.module_version_id)
    at = now()
    standing = standing_of(current_user.id, assignment, at=at)
    return render_template(
        "learning/module.html",
        assignment=assignment,
        module=document,
        standing=standing,
        next=next_step(document, standing, at=at),
        runs={run.scenario.slug: run for run in runs_of(current_user.id, assignment)} if document.scenarios else {},
    )


# Lessons


@blueprint.get("/modules/<uuid:assignment_id>/lessons/<lesson>")
@allow(signed_in)
def lesson(assignment_id: uuid.UUID, lesson: str) -> ResponseReturnValue:
    assignment = assignment_for(current_user, assignment_id)
    document = module_of(assignment.module_version_id)
    shown = document.lesson_by_slug.get(lesson) or abort(404)
    place = document.lessons.index(shown)
    reading = lessons.reading(current_user.id, assignment, lesson)
    return render_template(
        "learning/lesson.html",
        assignment=assignment,
        module=document,
        lesson=shown,
        number=place + 1,
        before=document.lessons[place - 1] if place else None,
        after=document.lessons[place + 1] if place + 1 < len(document.lessons) else None,
        reading=reading,
        prepared=prepared(assignment.module_version_id, lesson),
        questions=[
            question(assignment.module_version_id, item, reading.answers.get(item.id))
            for item in document.practice_of[lesson]
        ],
        event=uuid.uuid4(),
    )


@blueprint.post("/modules/<uuid:assignment_id>/lessons/<lesson>/opened")
@allow(signed_in)
def open_lesson(assignment_id: uuid.UUID, lesson: str) -> ResponseReturnValue:
    """The page's script says that the lesson is being read; a GET never writes."""
    assignment, lesson = lesson_for(assignment_id, lesson)
    lessons.add_event(current_user.id, assignment, lesson, "opened", event=uuid.uuid4(), at=now())
    db.session.commit()
    return "", 204


@blueprint.post("/modules/<uuid:assignment_id>/lessons/<lesson>/check")
@allow(signed_in)
def practise(assignment_id: uuid.UUID, lesson: str) -> ResponseReturnValue:
    assignment, item, given = keep_practice(assignment_id, lesson, at=now())
    db.session.commit()
    if is_from_script():
        return Markup(question(assignment.module_version_id, item, given))
    return redirect(url_for(".lesson", assignment_id=assignment.id, lesson=lesson, _anchor=f"question-{item.id}"))


def keep_practice(assignment_id: uuid.UUID, lesson: str, *, at: datetime) -> tuple[Assignment, Item, Answer]:
    """Keep the answer that the page sent to a question of a lesson's check."""
    assignment, lesson = lesson_for(assignment_id, lesson)
    asked = module_of(assignment.module_version_id).practice_of[lesson]
    item = next((one for one in asked if one.id == request.form.get("question")), None) or abort(404)
    given = lessons.practise(
        current_user.id,
        assignment,
        item,
        forms.answer_in(request.form, item),
        certainty=forms.certainty_in(request.form, item),
        page=forms.event_id(request.form),
        at=at,
    )
    return assignment, item, given


def is_from_script() -> bool:
    """Whether the page's script asks for the question alone, to put it in place."""
    return request.accept_mimetypes.best == "text/x-fragment"


@blueprint.post("/modules/<uuid:assignment_id>/lessons/<lesson>/finish")
@allow(signed_in)
def finish_lesson(assignment_id: uuid.UUID, lesson: str) -> ResponseReturnValue:
    assignment, lesson = lesson_for(assignment_id, lesson)
    lessons.add_event(current_user.id, assignment, lesson, "finished", event=forms.event_id(request.form), at=now())
    db.session.commit()
    following = module_of(assignment.module_version_id).lessons
    place = [one.slug for one in following].index(lesson) + 1
    if place < len(following):
        return redirect(url_for(".lesson", assignment_id=assignment.id, lesson=following[place].slug))
    return redirect(url_for(".module", assignment_id=assignment.id))


def lesson_for(assignment_id: uuid.UUID, lesson: str) -> tuple[Assignment, str]:
    assignment = assignment_for(current_user, assignment_id)
    if lesson not in module_of(assignment.module_version_id).lesson_by_slug:
        abort(404)
    return assignment, lesson


# Quizzes


@blueprint.get("/modules/<uuid:assignment_id>/quizzes/<assessment>")
@allow(signed_in)
def quiz(assignment_id: uuid.UUID, assessment: str) -> ResponseReturnValue:
    assignment = assignment_for(current_user, assignment_id)
    document = module_of(assignment.module_version_id)
    at = now()
    standing = standing_of(current_user.id, assignment, at=at)
    quiz = standing.assessments.get(assessment) or abort(404)
    refused, drawable = quiz.refusal(at), attempts.drawable(assignment, quiz.assessment)
    return render_template(
        "learning/quiz.html",
        assignment=assignment,
        module=document,
        quiz=quiz,
        refusal=attempts.in_words(refused, is_passed=quiz.passed) if refused else None,
        red_lines=not quiz.assessment.only_measures and any(item.red_line for item in drawable),
        scored=ways_to_score(drawable),
        is_late=quiz.rules.due_at is not None and at > quiz.rules.due_at,
        unfinished=[one for one in document.lessons if not standing.finished(one.slug)],
    )


@blueprint.post("/modules/<uuid:assignment_id>/quizzes/<assessment>/start")
@allow(signed_in)
@leaves_writing
def start(assignment_id: uuid.UUID, assessment: str) -> ResponseReturnValue:
    assignment = assignment_for(current_user, assignment_id)
    taken = module_of(assignment.module_version_id).assessment_by_id.get(assessment) or abort(404)
    person, device, seed, at = current_user.id, this_device(current_user.sign_in_id), secrets.randbits(64), now()
    try:
        attempt_id = write(lambda: attempts.start(person, assignment, taken, device=device, seed=seed, at=at).id)
    except attempts.Refused as refused:
        raise Problem(attempts.in_words(refused.refusal), 409) from None
    return redirect(url_for(".attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>")
@allow(signed_in)
def attempt(attempt_id: uuid.UUID) -> ResponseReturnValue:
    return running(attempt_id, "learning/attempt.html")


@blueprint.get("/attempts/<uuid:attempt_id>/check")
@allow(signed_in)
def check(attempt_id: uuid.UUID) -> ResponseReturnValue:
    return running(attempt_id, "learning/check.html")


def running(attempt_id: uuid.UUID, template: str) -> ResponseReturnValue:
    """A page of an attempt that is not submitted yet. Where another device holds it, its answers can be read."""
    mine = attempt_for(current_user, attempt_id)
    time, at = time_of(mine), now()
    if time.ended_at:
        return redirect(url_for(".result", attempt_id=mine.id))
    of_quiz = {"attempt": mine, "module": module_of(mine.module_version_id), "assessment": assessment_of(mine)}
    if time.is_over(at):
        return render_template("learning/over.html", **of_quiz)
    lease = leases.holder(mine)
    is_here = lease is None or lease.device == this_device(current_user.sign_in_id)
    answered, items = answers.answered(mine), items_of(mine)
    return render_template(
        template if is_here else "learning/elsewhere.html",
        **of_quiz,
        items=items,
        order={item.id: option_order(mine.id, item) for item in items},
        answered=answered,
        complete=[item.id for item in items if grading.is_complete(item, answered.answers.get(item.id))],
        epoch=lease.epoch if lease else 0,
        time=time,
        seconds_left=time.seconds_left(at),
        field_of=forms.field_of,
    )


@blueprint.get("/attempts/<uuid:attempt_id>/time")
@allow(signed_in)
def time_left(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The time that is left, for the page's script: a trainer may give more, and no device's clock decides."""
    return jsonify(seconds=time_of(attempt_for(current_user, attempt_id)).seconds_left(now()))


@blueprint.post("/attempts/<uuid:attempt_id>/go-on-here")
@allow(signed_in)
@leaves_writing
def take_over(attempt_id: uuid.UUID) -> ResponseReturnValue:
    mine, device, at = attempt_for(current_user, attempt_id), this_device(current_user.sign_in_id), now()
    write(lambda: leases.take_over(mine, device, at=at))
    return redirect(url_for(".attempt", attempt_id=mine.id))


@blueprint.post("/attempts/<uuid:attempt_id>")
@allow(signed_in)
@leaves_writing
def answer(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The whole page as a form: what a browser without a script sends."""
    mine = attempt_for(current_user, attempt_id)
    known = answers.answered(mine)
    drawn = answers.answered(mine, up_to=forms.number_in(request.form, "drawn", 0))
    given = forms.changed_answers(request.form, items_of(mine), drawn=drawn, known=known)
    used = forms.used_answers(request.form, known, sequence=known.sequence + len(given))
    at, then = now(), request.form.get("then")
    verdicts = take_in(mine, given + used, at=at)
    if then == "submit":
        hand_in(mine, at=at)
    if result_of(mine):
        return redirect(url_for(".result", attempt_id=mine.id))
    saved = {one.item for one in given if verdicts[one.id] is answers.Verdict.SAVED}
    told = forms.answered_elsewhere(request.form, items_of(mine), drawn=drawn, known=known, saved=saved)
    misread = forms.misread(request.form, items_of(mine))
    for kind, sentences in (("info", told), ("problem", misread)):
        for sentence in sentences:
            flash(sentence, kind)
    if then == "check" and not misread:
        return redirect(url_for(".check", attempt_id=mine.id))
    is_told = told or misread  # at the top of the page
    anchor = f"question-{used[0].item}" if used else None if is_told else forms.anchor_in(request.form)
    return redirect(url_for(".attempt", attempt_id=mine.id, _anchor=anchor))


@blueprint.post("/attempts/<uuid:attempt_id>/responses")
@allow(signed_in)
@leaves_writing
def save(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Answers from the page's script: a verdict for each, and "saved" only after the commit."""
    mine = attempt_for(current_user, attempt_id)
    given = forms.read_responses(request.get_json(silent=True))
    at = now()
    verdicts = take_in(mine, given, at=at)
    return jsonify(verdicts={str(response): verdict for response, verdict in verdicts.items()})


def take_in(mine: Attempt, given: Sequence[answers.Given], *, at: datetime) -> Mapping[uuid.UUID, answers.Verdict]:
    """Keep what was given. What comes in after the end also ends the attempt, in a transaction of its own:
    answers share the lock that marking takes alone."""
    verdicts = write(lambda: answers.record(mine, given, at=at))
    if answers.Verdict.LATE in verdicts.values():
        write(lambda: closing.close_if_over(mine.id, at=at))
    return verdicts


@blueprint.post("/attempts/<uuid:attempt_id>/submit")
@allow(signed_in)
@leaves_writing
def submit(attempt_id: uuid.UUID) -> ResponseReturnValue:
    mine = attempt_for(current_user, attempt_id)
    hand_in(mine, at=now())
    return redirect(url_for(".result", attempt_id=attempt_id))


def hand_in(mine: Attempt, *, at: datetime) -> None:
    epoch = forms.number_in(request.form, "epoch", 1)
    write(lambda: closing.submit(mine, epoch=epoch, at=at))


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@allow(signed_in)
def result(attempt_id: uuid.UUID) -> ResponseReturnValue:
    mine = attempt_for(current_user, attempt_id)
    facts = facts_of(mine)
    if not facts.results:
        return redirect(url_for(".attempt", attempt_id=mine.id))
    assigned = assignments_for(current_user)
    rules = rules_of_showing(mine)
    shown = shows_feedback(rules, at=now())
    return render_template(
        "learning/result.html",
        attempt=mine,
        reviewed=reviewed(mine, facts, with_items=shown),
        time=facts.time,
        time_was_up=facts.results[0].reason == closing.TIME_IS_UP,
        rules_now=rules,
        shows_feedback=shown,
        told=[one for one in notices.unread(current_user.id) if one.attempt.id == mine.id] if facts.results[1:] else [],
        calibration=certainty.of_attempt(facts),
        set_aside=set_aside(facts.responses, effective(facts.responses, until=facts.closed_at)),
        gain=gain_of(mine, facts.results[-1]),
        address_of=lesson_addresses(mine, assigned),
        module_is_open=mine.assignment in assigned,
    )


def lesson_addresses(mine: Attempt, assigned: Sequence[Assignment]) -> Callable[[Module, Lesson], str | None]:
    """Where the person reads a lesson that the attempt asked about: in the module as it is *assigned* to them.

    None where it is not assigned, or has no such lesson any more.
    """
    own = mine.assignment
    of_module = {one.module_slug: one for one in sorted(assigned, key=lambda one: one.cohort_id == own.cohort_id)}

    @cache  # several questions come from the same lesson
    def address(module: str, lesson: str) -> str | None:
        found = of_module.get(module)
        if found is None or lesson not in module_of(found.module_version_id).lesson_by_slug:
            return None
        return url_for(".lesson", assignment_id=found.id, lesson=lesson)

    return lambda module, lesson: address(module.slug, lesson.slug)


@blueprint.get("/certainty")
@allow(signed_in)
def how_sure() -> ResponseReturnValue:
    return render_template("learning/certainty.html", calibration=certainty.of_person(current_user.id))


def items_of(mine: Attempt) -> list[Item]:
    items = bank_of(mine).item_by_id
    return [items[item] for item in mine.paper]
