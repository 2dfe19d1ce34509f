"""The page of refreshers: questions of lessons that are asked again."""

import uuid
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from training.access import allow, assignments_for, signed_in
from training.compression import Piece
from training.db import db, now
from training.learning.lessons import reading
from training.learning.prepared import question
from training.learning.refreshers import Refresher, refreshers
from training.learning.views import blueprint, is_from_script, keep_practice

MOST = 5  # questions on one page


@blueprint.get("/look-again")
@allow(signed_in)
def look_again() -> ResponseReturnValue:
    """What is due now. Without a script, the question that was answered last stands before it, with its feedback."""
    found, at = refreshers(current_user.id, assignments_for(current_user)), now()
    last = next((one for one in found if one.item.id == request.args.get("answered")), None)
    due = [one for one in found if one.is_due(at) and one is not last]
    return render_template(
        "learning/refreshers.html",
        last=last,
        feedback=feedback(last, at=at) if last else None,
        due=len(due),
        asked=[(one, question(one.version, one.item, None, is_numbered=False)) for one in due[:MOST]],
        days_left=next((one.days_left(at) for one in found if not one.is_due(at)), None),
        event=uuid.uuid4(),
    )


def feedback(last: Refresher, *, at: datetime) -> Piece:
    answers = reading(current_user.id, last.assignment, last.lesson.slug).answers
    return question(last.version, last.item, answers.get(last.item.id), is_numbered=False, again=last.days_left(at))


@blueprint.post("/look-again/<uuid:assignment_id>/<lesson>")
@allow(signed_in)
def answer_again(assignment_id: uuid.UUID, lesson: str) -> ResponseReturnValue:
    at = now()
    assignment, item, given = keep_practice(assignment_id, lesson, at=at)
    db.session.commit()
    if not is_from_script():
        return redirect(url_for(".look_again", answered=item.id, _anchor=f"question-{item.id}"))
    found = refreshers(current_user.id, assignments_for(current_user))
    again = next((one.days_left(at) for one in found if one.item.id == item.id), None)
    return Markup(question(assignment.module_version_id, item, given, is_numbered=False, again=again))
