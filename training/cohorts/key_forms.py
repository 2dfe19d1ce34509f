"""What counts as right for one question: a form for each type of question, filled in with what counts now."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from training.cohorts.forms import CheckboxesField, strip
from training.cohorts.marking_again import Question, counts_already
from training.domain.content import ItemType, Option
from training.domain.grading import CLAIMS, InvalidAnswer, placed, read_answer
from training.domain.marking_again import Ruling
from training.domain.numbers import read_number


class KeyForm(FlaskForm):
    """What is to count, and for whom. The form of each type adds what counts as right."""

    below: object  # the words for: what is chosen below counts
    what = RadioField(_l("What is to count?"), validators=[InputRequired(_l("Choose what is to count."))])
    scope = RadioField(
        _l("Whose results are marked again?"),
        choices=[
            SelectChoice("cohort", _l("only those of this cohort")),
            SelectChoice("all", _l("those of all cohorts")),
        ],
        default="cohort",
        validators=[InputRequired(_l("Choose whose results are marked again."))],
    )

    def __init__(self, question: Question, *, may_rule_for_all: bool, **counting: Any) -> None:
        super().__init__(what="choose", **counting)
        self.question = question
        self.what.choices = [
            SelectChoice("choose", self.below),
            SelectChoice("give", _("Leave the question out: everybody who had it earns its full mark")),
            *([SelectChoice("publish", _("What was published counts again"))] if question.changes else []),
        ]
        if not may_rule_for_all:
            del self.scope

    @property
    def chosen(self) -> Ruling:
        """What is chosen below, where that is to count."""
        raise NotImplementedError

    @property
    def is_chosen_below(self) -> bool:
        return bool(self.what.data == "choose")

    @property
    def ruling(self) -> Ruling:
        return self.chosen if self.is_chosen_below else Ruling(given_to_all=self.what.data == "give")

    @property
    def is_for_all(self) -> bool:
        return bool(self.scope) and self.scope.data == "all"

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if counts_already(self.question, self.ruling, for_all=self.is_for_all):
            self.form_errors = [_("This is what counts already. Choose something else, or leave the page.")]
        return not self.form_errors


class ChoicesForm(KeyForm):
    below = _l("The choices that are ticked below count as right")
    correct = CheckboxesField(_l("These choices count as right"))

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(question, correct=sorted(question.key.correct), **options)
        self.correct.choices = [SelectChoice(option.id, option.text) for option in question.item.options]

    def validate_correct(self, field: Field) -> None:
        if self.is_chosen_below and not field.data:
            raise ValidationError(_("Choose at least one choice that counts as right, or leave the question out."))

    @property
    def chosen(self) -> Ruling:
        return Ruling(correct=tuple(sorted(self.correct.data)))


class StatementForm(ChoicesForm):
    below = _l("What is chosen below counts as right")
    claim = RadioField(
        _l("The statement is"),
        choices=[SelectChoice("true", _l("true")), SelectChoice("false", _l("false"))],
        validators=[InputRequired(_l("Choose true or false."))],
    )
    correct = CheckboxesField(_l("These reasons count as right"))

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(question, claim=CLAIMS[not question.key.claim], **options)

    @property
    def chosen(self) -> Ruling:
        return Ruling(correct=super().chosen.correct, claim=self.claim.data == "true")


class PartsField(Field):
    """An answer of several parts, each with a control of its own, whose name ends in the part."""

    first: str  # the id of the control where somebody begins to put right what is wrong

    def process(self, formdata: Any, *values: Any, **options: Any) -> None:
        super().process(formdata, *values, **options)
        if formdata is not None:
            start = f"{self.name}."
            sent = {name.removeprefix(start): given for name, given in formdata.items() if name.startswith(start)}
            self.data = {part: given for part, given in sent.items() if given}


class PartsForm(KeyForm):
    """The right answer, given as a trainee gives one."""

    parts: PartsField

    @property
    def lines(self) -> Sequence[Option]:
        """What is to be matched or placed, as it is to be shown."""
        return self.question.item.options

    def validate_parts(self, field: PartsField) -> None:
        if not self.is_chosen_below:
            return
        item = self.question.item
        try:
            answer = read_answer(item, field.data) or {}
        except InvalidAnswer:
            raise ValidationError(_("Load the page again and repeat the step.")) from None
        settled = answer if item.type == "matching" else placed(answer)
        left = [line for line in self.lines if line.id not in settled]
        if left:
            field.first = f"{field.id}-{left[0].id}"
            raise ValidationError(self.incomplete(left[0].text))

    def incomplete(self, line: str) -> str:
        """What to do about the first *line* that is not settled."""
        raise NotImplementedError


class MatchingForm(PartsForm):
    below = _l("The pairs below count as right")
    parts = PartsField(_l("What belongs together"))

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(question, parts=dict(question.key.matches), **options)

    def incomplete(self, line: str) -> str:
        return _("Choose what belongs to “%(line)s”.", line=line)

    @property
    def chosen(self) -> Ruling:
        return Ruling(matches=tuple(sorted(self.parts.data.items())))


class OrderForm(PartsForm):
    below = _l("The order below counts as right")
    parts = PartsField(_l("The right order"))

    def __init__(self, question: Question, **options: Any) -> None:
        places = {option: str(place) for place, option in enumerate(question.key.order, start=1)}
        super().__init__(question, parts=places, **options)

    @property
    def lines(self) -> Sequence[Option]:
        return sorted(super().lines, key=lambda line: self.question.key.order.index(line.id))

    def incomplete(self, line: str) -> str:
        return _("Give “%(line)s” a place of its own.", line=line)

    @property
    def chosen(self) -> Ruling:
        return Ruling(order=tuple(sorted(self.parts.data, key=lambda line: int(self.parts.data[line]))))


class NumberForm(KeyForm):
    below = _l("The number below counts as right")
    value = StringField(_l("The right number"), description=_l("Write digits, such as 12 or 1.5."), filters=[strip])
    tolerance = StringField(
        _l("How far off is still right"),
        description=_l("More or less than the right number. Write 0 where only the number itself is right."),
        filters=[strip],
    )

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(question, value=question.key.value, tolerance=question.key.tolerance, **options)

    def number(self, field: Field) -> str | None:
        return read_number(field.data or "", unit=self.question.item.unit)

    def validate_value(self, field: Field) -> None:
        if self.is_chosen_below and self.number(field) is None:
            raise ValidationError(
                _(
                    "“%(written)s” is not one number. Write digits, such as 12 or 1.5, "
                    "and thousands without a mark: 1234.",
                    written=(field.data or "")[:40],
                )
                if field.data
                else _("Write the right number.")
            )

    def validate_tolerance(self, field: Field) -> None:
        number = self.number(field)
        if self.is_chosen_below and (number is None or number.startswith("-")):
            raise ValidationError(_("Write a number that is 0 or more, such as 0 or 1.5."))

    @property
    def chosen(self) -> Ruling:
        return Ruling(value=self.number(self.value), tolerance=self.number(self.tolerance))


class IdeasForm(KeyForm):
    below = _l("The key ideas that are ticked below count")
    ideas = CheckboxesField(
        _l("These key ideas belong in an answer"),
        description=_l(
            "An answer is worth the share of the ticked ideas that is in it. Nobody has to write the others. "
            "Answers that were marked by hand keep the ticks that they have."
        ),
    )

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(question, ideas=list(question.key.options), **options)
        self.ideas.choices = [SelectChoice(name, idea.text) for name, idea in question.published.options.items()]

    def validate_ideas(self, field: Field) -> None:
        if self.is_chosen_below and not field.data:
            raise ValidationError(_("Tick at least one key idea that counts, or leave the question out."))

    @property
    def chosen(self) -> Ruling:
        return Ruling(ideas=tuple(sorted(self.ideas.data)))


KEY_FORMS: Mapping[ItemType, type[KeyForm]] = {
    "single-choice": ChoicesForm,
    "multiple-choice": ChoicesForm,
    "true-false": StatementForm,
    "matching": MatchingForm,
    "ordering": OrderForm,
    "ranking": OrderForm,
    "numeric": NumberForm,
    "short-answer": IdeasForm,
}


def key_form(question: Question, *, may_rule_for_all: bool) -> KeyForm:
    return KEY_FORMS[question.item.type](question, may_rule_for_all=may_rule_for_all)
