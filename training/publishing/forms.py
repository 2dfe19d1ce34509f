"""The forms of the author's pages."""

from contextlib import suppress
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp, ValidationError

from training.domain.course_schema import SLUG, SLUG_LENGTH
from training.domain.yaml_lines import INVISIBLE

MOST_CHARACTERS = 200_000


def trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def with_plain_ends(value: Any) -> Any:
    """Browsers send CR LF for the end of a line; our files have LF."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def no_invisible(form: Any, field: Any) -> None:
    if INVISIBLE.search(field.data or ""):
        field.data = INVISIBLE.sub("\ufffd", field.data)
        raise ValidationError(_l("There is a character that one cannot see. Take it out where you see \ufffd."))


def slug_field(label: Any, hint: Any) -> Any:
    return StringField(
        label,
        description=hint,
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write a short name.")),
            Length(max=SLUG_LENGTH, message=_l("Use at most %(max)d characters for the short name.")),
            Regexp(rf"^{SLUG}\Z", message=_l("Use small letters, digits and dashes only, and begin with a letter.")),
        ],
    )


def title_field() -> Any:
    return StringField(
        _l("Title"),
        description=_l("What trainees see. You can change it later."),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write a title.")),
            Length(max=120, message=_l("Use at most %(max)d characters for the title.")),
            no_invisible,
        ],
    )


def seen_field() -> Any:
    return HiddenField(validators=[Length(max=64)])


class NewModuleForm(FlaskForm):
    title = title_field()
    slug = slug_field(
        _l("Short name"),
        _l("Small letters, digits and dashes, such as early-warning. It stands in file names and never changes."),
    )


class NewLessonForm(FlaskForm):
    title = title_field()
    slug = slug_field(
        _l("Short name"),
        _l("Small letters, digits and dashes, such as early-warning. Trainees' progress is kept by it."),
    )


class PlaceField(IntegerField):
    """What is no whole number is none: the validators have the one sentence for both."""

    def process_formdata(self, valuelist: list[str]) -> None:
        with suppress(ValueError):
            super().process_formdata(valuelist)


class RenameForm(FlaskForm):
    number = PlaceField(
        _l("Place in the module"),
        description=_l("A number from 1 to 99. Lessons stand in the order of their numbers."),
        validators=[
            InputRequired(_l("Write a whole number from 1 to 99.")),
            NumberRange(1, 99, message=_l("Write a whole number from 1 to 99.")),
        ],
    )
    slug = slug_field(
        _l("Short name"),
        _l("If you change the short name of a published lesson, trainees who finished it have to read it again."),
    )


class TextForm(FlaskForm):
    text = TextAreaField(
        _l("Text of the file"),
        filters=[with_plain_ends],
        validators=[
            InputRequired(_l("The text is empty. Write some text, or leave the page to keep the old one.")),
            Length(max=MOST_CHARACTERS, message=_l("Shorten the text to %(max)d characters.")),
            no_invisible,
        ],
    )
    seen = seen_field()


class ConfirmForm(FlaskForm):
    seen = seen_field()


class ImportForm(FlaskForm):
    archive = FileField(
        _l("Zip archive"),
        description=_l("At most 2 MB and 200 files. The files take the place of those in the draft."),
        validators=[FileRequired(_l("Choose the zip archive of the module."))],
    )
    seen = seen_field()


class PublishForm(FlaskForm):
    note = TextAreaField(
        _l("What is new"),
        description=_l("One or two sentences for trainers and other authors, at most 500 characters."),
        filters=[trimmed],
        validators=[
            InputRequired(_l("Write in a sentence what is new in this version.")),
            Length(max=500, message=_l("Shorten the note to %(max)d characters.")),
            no_invisible,
        ],
    )
    seen = seen_field()
