"""The forms for the rules of an assessment. An empty field leaves the rule as it is in the module."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from training.cohorts.assignments import due_moment, opening_moment
from training.cohorts.forms import day_field, printable, strip
from training.domain.content import Assessment, Showing
from training.domain.rules import Allowance, Changes
from training.i18n import day

SHOWINGS: dict[Showing, Any] = {
    "feedback": _l("the questions with the right answers, at once"),
    "marks": _l("the marks for each objective only"),
    "after-due": _l("the marks at once, the right answers when the last day is over"),
}


class NumberField(IntegerField):
    """A whole number whose error says what to do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            self.data = None
        elif typed.isdecimal() and len(typed) < 7:
            self.data = int(typed)
        else:
            raise ValueError(_("Write a whole number, such as 30."))


def number_field(label: object, most: int) -> NumberField:
    def at_most(form: FlaskForm, field: Field) -> None:
        if field.data is not None and field.data > most:
            raise ValidationError(_("Write a number from 0 to %(most)s.", most=most))

    return NumberField(label, validators=[Optional(), at_most])


class RulesForm(FlaskForm):
    opens_on = day_field(_l("First day"))
    due_on = day_field(_l("Last day to pass"))
    attempts = number_field(_l("How many attempts each person has"), 100)
    wait_hours = number_field(_l("Hours between two attempts"), 720)
    minutes = number_field(_l("Time limit in minutes"), 600)
    grace_seconds = number_field(_l("Seconds after the end in which answers still count"), 600)
    outage_minutes = number_field(_l("Minutes that are given back at most when the server was down"), 600)
    review = SelectField(_l("What trainees see after they submit"))

    def describe(self, assessment: Assessment, due_at: datetime | None) -> None:
        """Say beside each field what holds when it is left empty. *due_at*: of the module."""
        self.has_due_day = due_at is not None
        for field in (self.opens_on, self.due_on):
            field.description = _("Empty: the day that is set for the module.")
        self.attempts.description = no_limit(assessment.attempts)
        self.minutes.description = no_limit(assessment.minutes)
        for field in (self.wait_hours, self.grace_seconds, self.outage_minutes):
            authors = getattr(assessment, field.short_name)
            field.description = _("Empty: as in the module, %(number)s.", number=authors)
        self.review.description = _("In the module: %(words)s.", words=SHOWINGS[assessment.review])
        self.review.choices = [
            SelectChoice("", _("as in the module")),
            *(SelectChoice(name, words) for name, words in SHOWINGS.items()),
        ]

    def validate_due_on(self, field: Field) -> None:
        if self.opens_on.data and field.data and field.data < self.opens_on.data:
            raise ValidationError(_("The last day is before the first day. Choose a later last day."))

    def validate_review(self, field: Field) -> None:
        if field.data == "after-due" and not (self.has_due_day or self.due_on.data):
            raise ValidationError(_("Set a last day as well: the right answers wait for it."))

    @property
    def changes(self) -> Changes:
        numbers = {name: self[name].data for name in NUMBERS}
        return Changes(
            opens_at=opening_moment(self.opens_on.data),
            due_at=due_moment(self.due_on.data),
            review=self.review.data or None,
            **numbers,
        )


NUMBERS = ("attempts", "wait_hours", "minutes", "grace_seconds", "outage_minutes")


def as_typed(changes: Changes) -> dict[str, object]:
    """*changes* as the form shows them."""
    return {name: getattr(changes, name) for name in NUMBERS} | {
        "opens_on": changes.opens_at.date() if changes.opens_at else None,
        "due_on": changes.due_at.date() if changes.due_at else None,
        "review": changes.review or "",
    }


def no_limit(authors: int | None) -> str:
    if authors is None:
        return str(_("Empty: as in the module, no limit."))
    return str(_("Empty: as in the module, %(number)s. 0: no limit.", number=authors))


class AllowanceForm(FlaskForm):
    extra_minutes = number_field(_l("More minutes"), 600)
    extra_attempts = number_field(_l("More attempts"), 20)
    due_on = day_field(_l("A later last day"))
    reason = TextAreaField(
        _l("The reason"),
        description=_l(
            "The person reads it. Write nothing private, and no illness. For example: reads in a third language."
        ),
        filters=[strip],
        validators=[
            DataRequired(_l("Write the reason, so that others understand it later.")),
            Length(max=500, message=_l("Use at most 500 letters for the reason.")),
            printable,
        ],
    )

    def describe(self, assessment_minutes: int | None, attempts: int | None, due_at: datetime | None) -> None:
        """Say beside each field what everybody has, and take out what cannot be more."""
        if assessment_minutes is None:
            del self.extra_minutes
        else:
            self.extra_minutes.description = _(
                "Everybody has %(number)s. More minutes hold at once, also for an attempt that is running.",
                number=assessment_minutes,
            )
        if attempts is None:
            del self.extra_attempts
        else:
            self.extra_attempts.description = _("Everybody has %(number)s.", number=attempts)
        if due_at is None:
            del self.due_on
        else:
            self.due_on.description = _("For everybody it is %(day)s.", day=day(due_at).striptags())

    @property
    def allows_nothing(self) -> bool:
        return not {"extra_minutes", "extra_attempts", "due_on"} & set(self._fields)

    def value_of(self, name: str) -> Any:
        return self[name].data if name in self else None

    @property
    def allowance(self) -> Allowance:
        return Allowance(
            extra_minutes=self.value_of("extra_minutes") or 0,
            extra_attempts=self.value_of("extra_attempts") or 0,
            due_at=due_moment(self.value_of("due_on")),
            reason=self.reason.data,
        )


def allowance_as_typed(allowed: Allowance | None) -> dict[str, object]:
    """What the person is allowed already, as the form shows it."""
    if allowed is None:
        return {}
    return {
        "extra_minutes": allowed.extra_minutes or None,
        "extra_attempts": allowed.extra_attempts or None,
        "due_on": allowed.due_at.date() if allowed.due_at else None,
    }
