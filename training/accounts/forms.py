"""The forms of accounts: labels, hints, and sentences that say what to do."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from training.accounts import passwords
from training.accounts.names import NEITHER, NONE_GIVEN, NOT_A_NUMBER, NOT_AN_EMAIL
from training.domain.passwords import LONGEST
from training.domain.sign_in_names import EMAIL_LENGTH, SignInName, fold, fold_email, fold_service_number


def refuse(field: Field, sentence: object) -> None:
    """Show *sentence* at *field*, for what only the database can tell."""
    field.errors = [sentence]


def strip(typed: str | None) -> str | None:
    return typed.strip() if typed else typed


def sane_sign_in_name(form: FlaskForm, field: Field) -> None:
    if not fold(field.data):
        raise ValidationError(NEITHER)


def sane_email(form: FlaskForm, field: Field) -> None:
    if not fold_email(field.data):
        raise ValidationError(NOT_AN_EMAIL)


def sane_service_number(form: FlaskForm, field: Field) -> None:
    if not fold_service_number(field.data):
        raise ValidationError(NOT_A_NUMBER)


def printable(form: FlaskForm, field: Field) -> None:
    if not field.data.isprintable():
        raise ValidationError(_("Use letters, spaces and marks only."))


def name_field(label: object) -> StringField:
    return StringField(
        label,
        filters=[strip],
        validators=[
            DataRequired(_l("Write the name.")),
            Length(max=120, message=_l("Use at most 120 letters.")),
            printable,
        ],
    )


def email_field() -> EmailField:
    too_long = Length(max=EMAIL_LENGTH, message=_l("Use at most 254 letters."))
    return EmailField(_l("E-mail address"), filters=[strip], validators=[Optional(), too_long, sane_email])


def service_number_field() -> StringField:
    return StringField(
        _l("Service number"),
        filters=[strip],
        validators=[Optional(), Length(max=80, message=_l("Use at most 40 letters.")), sane_service_number],
    )


def present_password_field(label: object) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            InputRequired(_l("Write your password.")),
            Length(max=LONGEST, message=_l("A password has at most 128 letters or signs.")),
        ],
    )


class OneSignInName:
    """A form with an e-mail address and a service number, of which one is enough and none too few."""

    @property
    def sign_in_names(self) -> Mapping[str, str | None]:
        form: Any = self
        return {"email": form.email.data, "service_number": form.service_number.data}

    def validate(self, extra_validators: Any = None) -> bool:
        form: Any = self
        valid = super().validate(extra_validators)  # type: ignore[misc]
        if form.email.data or form.service_number.data:
            return bool(valid)
        refuse(form.email, NONE_GIVEN)
        return False


class SignInForm(FlaskForm):
    sign_in_name = StringField(
        _l("E-mail or service number"),
        filters=[strip],
        validators=[
            DataRequired(_l("Write your e-mail address or your service number.")),
            Length(max=EMAIL_LENGTH, message=_l("Use at most 254 letters.")),
        ],
    )
    password = present_password_field(_l("Password"))
    shared = BooleanField(
        _l("Other people use this device too"),
        description=_l("You are signed out when the browser closes, and after 12 hours at the latest."),
    )
    next = HiddenField(validators=[Optional(), Length(max=2000)])


class CodeForm(FlaskForm):
    code = StringField(
        _l("Code of your cohort"),
        description=_l("8 letters and digits, like ABCD-2345. Your trainer shows it to you."),
        validators=[
            DataRequired(_l("Write the code that your trainer shows.")),
            Length(max=40, message=_l("The code has 8 letters and digits.")),
        ],
    )


class ChoosesPassword(FlaskForm):
    """A form in which a person chooses a password. *words*: names that it may not consist of."""

    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Choose a password.")), Length(max=1000, message=_l("The password is too long."))],
    )

    def __init__(self, *, minimum: int, words: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self.minimum, self.words = minimum, words
        self.password.description = _(
            "At least %(count)s letters or signs. Three or four words of your own are good, and easy to remember.",
            count=minimum,
        )

    def validate_password(self, field: Field) -> None:
        typed = [other.data for other in self if type(other) in (StringField, EmailField)]
        sentence = passwords.objection(
            field.data, minimum=self.minimum, words=[word for word in (*self.words, *typed) if word]
        )
        if sentence:
            raise ValidationError(sentence)


class JoinForm(ChoosesPassword):
    name = name_field(_l("Your name"))
    sign_in_name = StringField(
        _l("E-mail or service number"),
        description=_l("With this you sign in later."),
        filters=[strip],
        validators=[
            DataRequired(NEITHER),
            Length(max=EMAIL_LENGTH, message=_l("Use at most 254 letters.")),
            sane_sign_in_name,
        ],
    )

    @property
    def sign_in_names(self) -> Mapping[str, str | None]:
        name = fold(self.sign_in_name.data) or SignInName()
        return {"email": name.email, "service_number": name.service_number}


class InvitationForm(ChoosesPassword):
    name = name_field(_l("Your name"))


class FirstAdminForm(OneSignInName, InvitationForm):
    """The first admin was made by the server, so the person gives their own sign-in names."""

    email = email_field()
    service_number = service_number_field()


class ProfileForm(FlaskForm):
    name = name_field(_l("Your name"))
    language = SelectField(_l("Language"), validators=[InputRequired(_l("Choose a language."))])
    component = SelectField(
        _l("Examples for"),
        description=_l(
            "Each lesson has an example for soldiers, for police and for civilians. The questions are the same."
        ),
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice("military", _l("Military")),
            SelectChoice("police", _l("Police")),
            SelectChoice("civilian", _l("Civilians")),
        ],
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        languages = current_app.config["LANGUAGES"]
        self.language.choices = [SelectChoice(code, name) for code, name in languages.items()]


class PasswordForm(ChoosesPassword):
    present = present_password_field(_l("Present password"))


class SignInNamesForm(OneSignInName, FlaskForm):
    email = email_field()
    service_number = service_number_field()
    present = present_password_field(_l("Password"))


class SearchForm(FlaskForm):
    searched = StringField(
        _l("Name, e-mail or service number"),
        filters=[strip],
        validators=[Optional(), Length(max=120, message=_l("Use at most 120 letters.")), printable],
    )


class NewUserForm(OneSignInName, FlaskForm):
    name = name_field(_l("Name"))
    email = email_field()
    service_number = service_number_field()
    is_admin = BooleanField(_l("Admin"), description=_l("Can do everything: people, cohorts, lessons and questions."))


class UserForm(NewUserForm):
    active = BooleanField(
        _l("Can sign in"), description=_l("Without this tick, the person is signed out at once. Their results stay.")
    )
