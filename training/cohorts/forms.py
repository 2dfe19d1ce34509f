"""The forms of cohorts: labels, hints, and sentences that say what to do."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from training.cohorts.lists import FILE_SENTENCES
from training.curriculum import module_of
from training.domain.roster import MOST_BYTES, NAME_LENGTH, Roster, RosterError, fault_of_name, read_roster
from training.domain.sign_in_names import EMAIL_LENGTH, fold_email, fold_service_number
from training.models import ModuleVersion

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def strip(typed: str | None) -> str | None:
    return " ".join(typed.split()) if typed else typed


def sane_date(form: FlaskForm, field: Field) -> None:
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(_("Check the year: choose a date between 2000 and 2100."))


def printable(form: FlaskForm, field: Field) -> None:
    if fault_of_name(field.data):
        raise ValidationError(_("Use letters, digits, spaces and marks only."))


class DayField(DateField):
    """A date whose error says what to do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("This is not a date. Write it like 2027-01-31.")) from None


def day_field(label: object, description: object = "") -> DayField:
    return DayField(label, description=description, validators=[Optional(), sane_date])


def text_field(label: object, length: int, sentence: object, description: object = "") -> StringField:
    return StringField(
        label,
        description=description,
        default="",
        filters=[strip],
        validators=[Optional(), Length(max=length, message=sentence), printable],
    )


class CheckboxesField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CohortForm(FlaskForm):
    name = StringField(
        _l("Name of the cohort"),
        description=_l("For example: Second battalion, rotation 4."),
        filters=[strip],
        validators=[
            DataRequired(_l("Write a name for the cohort.")),
            Length(max=120, message=_l("Use at most 120 letters for the name.")),
            printable,
        ],
    )
    unit = text_field(_l("Unit (you can leave this empty)"), 120, _l("Use at most 120 letters for the unit."))
    country = text_field(
        _l("Country or mission (you can leave this empty)"), 80, _l("Use at most 80 letters for the country.")
    )
    deploys_on = day_field(_l("Day of deployment (you can leave this empty)"))


class NewCohortForm(CohortForm):
    modules = CheckboxesField(
        _l("Modules that they do"),
        description=_l("You can change this later."),
        validators=[Optional()],
    )
    due_on = day_field(
        _l("Last day to pass them (you can leave this empty)"),
        _l("Who has not passed after this day is shown as overdue."),
    )

    def offer(self, versions: Sequence[ModuleVersion]) -> None:
        """Let the person choose among *versions*; all of them are ticked on an empty form."""
        self.modules.choices = [SelectChoice(version.module_slug, module_of(version.id).title) for version in versions]
        if not self.is_submitted():
            self.modules.data = [version.module_slug for version in versions]


class EditCohortForm(CohortForm):
    is_open = BooleanField(
        _l("People can join with the code"),
        description=_l("Without this tick, the code lets nobody in. You can still add people yourself."),
    )


class DatesForm(FlaskForm):
    opens_on = day_field(
        _l("First day of the quiz (you can leave this empty)"), _l("Lessons can be read before this day.")
    )
    due_on = day_field(
        _l("Last day to pass (you can leave this empty)"), _l("Who has not passed after this day is shown as overdue.")
    )

    def validate_due_on(self, field: Field) -> None:
        if self.opens_on.data and field.data and field.data < self.opens_on.data:
            raise ValidationError(_("The last day is before the first day. Choose a later last day."))


class AssignForm(DatesForm):
    module = SelectField(_l("Module"), validators=[InputRequired(_l("Choose a module."))])

    def offer(self, versions: Sequence[ModuleVersion]) -> None:
        self.module.choices = [SelectChoice(version.module_slug, module_of(version.id).title) for version in versions]


class MoveForm(FlaskForm):
    number = IntegerField(validators=[InputRequired(), NumberRange(1, 10**6)])


class PersonForm(FlaskForm):
    """One person to add. A known sign-in name enrols the account that has it."""

    name = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            DataRequired(_l("Write the person's name.")),
            Length(max=NAME_LENGTH, message=_l("Use at most 120 letters for the name.")),
            printable,
        ],
    )
    email = EmailField(
        _l("E-mail address"),
        description=_l("An e-mail address or a service number is enough. The person signs in with it."),
        filters=[strip],
        validators=[Optional(), Length(max=EMAIL_LENGTH, message=_l("Use at most 254 letters for the address."))],
    )
    service_number = StringField(
        _l("Service number"),
        filters=[strip],
        validators=[Optional(), Length(max=80, message=_l("Use at most 40 letters for the service number."))],
    )
    role = RadioField(
        _l("In this cohort the person is"),
        choices=[SelectChoice("trainee", _l("a trainee")), SelectChoice("trainer", _l("a trainer"))],
        default="trainee",
        validators=[InputRequired(_l("Choose trainee or trainer."))],
    )

    def __init__(self, *, may_add_trainers: bool, **options: Any) -> None:
        super().__init__(**options)
        if not may_add_trainers:
            del self.role

    @property
    def chosen_role(self) -> str:
        return str(self.role.data) if self.role else "trainee"

    def validate_email(self, field: Field) -> None:
        if field.data and not fold_email(field.data):
            raise ValidationError(_("Check the e-mail address. It looks like name@example.org."))

    def validate_service_number(self, field: Field) -> None:
        if field.data and not fold_service_number(field.data):
            raise ValidationError(_("Check the service number. It has 3 to 40 letters, digits, - and /."))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.email.data or self.service_number.data:
            return valid
        self.refuse(_("Write an e-mail address or a service number."))
        return False

    def refuse(self, sentence: str) -> None:
        """Show *sentence* at the sign-in names, for what only the database can tell."""
        self.email.errors = [sentence]


class RosterForm(FlaskForm):
    file = FileField(
        _l("CSV file"),
        description=_l("At most 1 MB and 2,000 people."),
        validators=[FileRequired(_l("Choose a file first."))],
    )
    roster: Roster  # what is in the file, once it is valid

    def validate_file(self, field: Field) -> None:
        try:
            self.roster = read_roster(field.data.read(MOST_BYTES + 1))
        except RosterError as error:
            raise ValidationError(FILE_SENTENCES[error.fault]) from None


class CarriedForm(FlaskForm):
    """What a former page worked out, signed, so that this step does exactly what was shown."""

    carried = HiddenField(validators=[InputRequired(), Length(max=2 * 2**20)])
