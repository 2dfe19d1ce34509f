"""The forms of marking: what is in a written answer, and why a question is marked again."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError as NotARuling
from wtforms import Field, HiddenField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from training.cohorts.by_hand import WrittenAnswer
from training.cohorts.forms import CheckboxesField, strip
from training.cohorts.marking_again import Question
from training.domain.marking_again import Ruling, fits
from training.errors import Problem

REASON_LENGTH = 200
COMMENT_LENGTH = 1000
NONE = "none"  # no idea's id


class HandMarkForm(FlaskForm):
    """Which key ideas are in an answer, and what the trainee is to be told. None is a tick, too."""

    ideas = CheckboxesField(
        _l("Which key ideas are in the answer?"),
        description=_l("The answer earns the share of the key ideas that you tick."),
    )
    comment = TextAreaField(
        _l("Comment to the trainee (you can leave this empty)"),
        description=_l("At most 1,000 letters."),
        filters=[lambda typed: typed.strip() if typed else ""],
        validators=[Length(max=COMMENT_LENGTH, message=_l("Use at most 1,000 letters."))],
    )
    seen = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,6}$")])  # how many marks it had so far

    def __init__(self, answer: WrittenAnswer, **options: Any) -> None:
        last = answer.last
        super().__init__(
            ideas=(list(last.ideas) or [NONE]) if last else [],
            comment=last.comment if last else "",
            seen=str(len(answer.marks)),
            **options,
        )
        self.ideas.choices = [
            *(SelectChoice(idea, key.text) for idea, key in answer.ideas.items()),
            SelectChoice(NONE, _("None of the key ideas is in the answer")),
        ]

    def validate_ideas(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Tick the key ideas that are in the answer, or tick that none is in it."))
        if NONE in field.data and len(field.data) > 1:
            raise ValidationError(
                _("You ticked key ideas, and also that none is in the answer. Take one or the other away.")
            )

    @property
    def found(self) -> list[str]:
        return [idea for idea in self.ideas.data if idea != NONE]


class ApplyForm(FlaskForm):
    """What the preview has shown, and why it is to be done."""

    ruling = HiddenField(validators=[InputRequired()])
    scope = HiddenField(validators=[InputRequired()])
    digest = HiddenField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Why is it marked again?"),
        description=_l("The people concerned read this sentence. At most 200 letters."),
        filters=[strip],
        validators=[
            DataRequired(_l("Write why it is marked again.")),
            Length(max=REASON_LENGTH, message=_l("Use at most 200 letters.")),
        ],
    )

    def ruling_for(self, question: Question) -> Ruling:
        """What the page before has carried here."""
        try:
            ruling = Ruling.model_validate_json(self.ruling.data or "")
        except NotARuling:
            raise stale() from None
        if not fits(ruling, question.item, question.published):
            raise stale()
        return ruling

    @property
    def is_for_all(self) -> bool:
        return bool(self.scope.data == "all")


def stale() -> Problem:
    return Problem(_("Load the page again and repeat the step."), 422)
