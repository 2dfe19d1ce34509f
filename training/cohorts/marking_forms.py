"""The forms of marking: what is right, why it is marked again."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError as NotARuling
from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from training.cohorts.by_hand import WrittenAnswer
from training.cohorts.forms import CheckboxesField, strip
from training.cohorts.marking_again import Question
from training.domain.marking_again import Ruling
from training.errors import Problem

REASON_LENGTH = 200
COMMENT_LENGTH = 1000


class KeyForm(FlaskForm):
    """What counts as right for one question, and for whom. Parts that do not fit the question are taken away."""

    what = RadioField(_l("What is to count?"), validators=[InputRequired(_l("Choose what is to count."))])
    claim = RadioField(
        _l("The statement is"),
        choices=[SelectChoice("true", _l("true")), SelectChoice("false", _l("false"))],
        validators=[Optional()],
    )
    correct = CheckboxesField(_l("These choices count as right"))
    scope = RadioField(
        _l("Whose results are marked again?"),
        choices=[
            SelectChoice("cohort", _l("only those of this cohort")),
            SelectChoice("all", _l("those of all cohorts")),
        ],
        default="cohort",
        validators=[InputRequired(_l("Choose whose results are marked again."))],
    )

    def __init__(self, question: Question, *, may_rule_for_all: bool, **options: Any) -> None:
        key = question.key
        super().__init__(
            what="choose" if question.has_choices else "give",
            correct=sorted(key.correct),
            claim={True: "true", False: "false"}.get(key.claim),  # type: ignore[arg-type]
            **options,
        )
        self.question = question
        self.what.choices = [
            *(
                [SelectChoice("choose", _("The choices that are ticked below count as right"))]
                if question.has_choices
                else []
            ),
            SelectChoice("give", _("Leave the question out: everybody who had it earns its full mark")),
            *([SelectChoice("publish", _("What was published counts again"))] if question.changes else []),
        ]
        self.correct.choices = [SelectChoice(option.id, option.text) for option in question.item.options]
        if not question.has_choices:
            del self.correct
        if key.claim is None:
            del self.claim
        if not may_rule_for_all:
            del self.scope

    def validate_correct(self, field: Field) -> None:
        if self.what.data == "choose" and not field.data:
            raise ValidationError(_("Choose at least one choice that counts as right, or leave the question out."))

    @property
    def ruling(self) -> Ruling:
        if self.what.data == "choose":
            claim = self.claim.data == "true" if self.claim else None
            return Ruling(correct=tuple(sorted(self.correct.data)), claim=claim)
        return Ruling(given_to_all=self.what.data == "give")

    @property
    def is_for_all(self) -> bool:
        return bool(self.scope) and self.scope.data == "all"


class HandMarkForm(FlaskForm):
    """Which key ideas are in an answer, and what the trainee is to be told."""

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
            ideas=list(last.ideas) if last else [],
            comment=last.comment if last else "",
            seen=str(len(answer.marks)),
            **options,
        )
        self.ideas.choices = [SelectChoice(idea, key.text) for idea, key in answer.key.options.items()]


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
        options = {option.id for option in question.item.options}
        if ruling.correct is not None and not (ruling.correct and set(ruling.correct) <= options):
            raise stale()
        return ruling

    @property
    def is_for_all(self) -> bool:
        return bool(self.scope.data == "all")


def stale() -> Problem:
    return Problem(_("Load the page again and repeat the step."), 422)
