"""Reading the answers that a page sends: as a form, or as JSON from a script."""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from training.domain import grading
from training.domain.calibration import Certainty
from training.domain.content import Item
from training.errors import Problem
from training.learning.answers import Answered, Given


class GivenResponse(BaseModel):
    """One answer as the page's script sends it. Anything more is refused, so nothing can be slipped in."""

    model_config = ConfigDict(extra="forbid")

    id: uuid.UUID
    item: str = Field(max_length=40)
    answer: str | list[str] | dict[str, str] | None
    certainty: Certainty | None = None
    sequence: int = Field(ge=1, le=1_000_000)
    epoch: int = Field(default=1, ge=0, le=1_000_000)
    answered_at: AwareDatetime | None = None


class GivenResponses(BaseModel):
    model_config = ConfigDict(extra="forbid")

    responses: list[GivenResponse] = Field(min_length=1, max_length=200)
    sent_at: AwareDatetime | None = None


def read_responses(body: Any) -> list[Given]:
    try:
        read = GivenResponses.model_validate(body)
    except ValidationError:
        raise Problem(_("The answers could not be read. Load the page again."), 422) from None
    return [
        Given(
            one.id,
            one.item,
            one.answer,
            one.sequence,
            answered_at=one.answered_at and one.answered_at.astimezone(UTC),
            sent_at=read.sent_at and read.sent_at.astimezone(UTC),
            certainty=one.certainty,
            epoch=one.epoch,
        )
        for one in read.responses
    ]


def field_of(item: Item) -> str:
    """The name under which a form sends the answer to *item*."""
    return f"answer-{item.id}"


def answer_in(form: MultiDict[str, str], item: Item) -> object:
    """What *form* says about *item*: an Answer, or what was sent where it cannot be one."""
    sent = sent_in(form, item)
    try:
        return grading.read_answer(item, sent)
    except grading.InvalidAnswer:
        return sent


def sent_in(form: MultiDict[str, str], item: Item) -> object:
    name = field_of(item)
    match item.type:
        case "multiple-choice":
            return form.getlist(name)
        case "true-false":
            return {"claim": form.get(f"{name}.claim", ""), "reason": form.get(name, "")}
        case "matching" | "ordering" | "ranking":
            return {option.id: form.get(f"{name}.{option.id}", "") for option in item.options}
        case "short-answer":
            ideas = {"ideas": form.getlist(f"{name}.ideas")} if f"{name}.compared" in form else {}
            return {"text": form.get(name, ""), **ideas}
        case _:
            return form.get(name, "")


def certainty_in(form: MultiDict[str, str], item: Item) -> Certainty | None:
    try:
        return Certainty(form.get(f"certainty-{item.id}", ""))
    except ValueError:
        return None


def misread(form: MultiDict[str, str], items: Sequence[Item]) -> list[str]:
    """A sentence for each answer in *form* that cannot be kept as it was written."""
    sentences = []
    for number, item in enumerate(items, start=1):
        try:
            grading.read_answer(item, sent_in(form, item))
        except grading.InvalidAnswer as refused:
            sentences.append(_("Question %(number)s: %(problem)s", number=number, problem=sentence_of(refused)))
    return sentences


def sentence_of(refused: grading.InvalidAnswer) -> str:
    """What somebody does whose answer cannot be kept."""
    if isinstance(refused, grading.NotANumber):
        return _(
            "“%(written)s” is not one number. Write digits, such as 12 or 1.5, and thousands without a mark: 1234.",
            written=refused.args[0][:40],
        )
    if isinstance(refused, grading.TooLong):
        return _("This text is longer than 2,000 characters. Shorten it.")
    return _("This answer does not fit the question. Load the page again and choose an answer.")


def changed_answers(
    form: MultiDict[str, str], items: Sequence[Item], *, drawn: Answered, known: Answered
) -> list[Given]:
    """The answers that were changed on the page that sent *form*.

    A form sends every question, also those that its person left alone. So an answer is new only if
    it differs from the one that the page was *drawn* with: a page left open must not take back what
    was answered since. What the server knows already is not sent again.
    """
    given: list[Given] = []
    for item in items:
        said = said_on(form, item)
        if said not in (said_in(drawn, item), said_in(known, item)):
            sequence, epoch = known.sequence + len(given) + 1, number_in(form, "epoch", 1)
            given.append(Given(uuid.uuid4(), item.id, answer_in(form, item), sequence, certainty=said[1], epoch=epoch))
    return given


def answered_elsewhere(
    form: MultiDict[str, str], items: Sequence[Item], *, drawn: Answered, known: Answered, saved: Collection[str]
) -> list[str]:
    """A sentence for each question that was answered on another page since the one that sent *form* was drawn.

    Where both pages say the same, there is nothing to tell. *saved*: the items of which the form's answer is kept.
    """
    sentences = []
    for number, item in enumerate(items, start=1):
        on_form, before, now = said_on(form, item), said_in(drawn, item), said_in(known, item)
        if now in (before, on_form):
            continue
        if item.id in saved:
            sentences.append(
                _(
                    "Question %(number)s was answered on another page too. "
                    "The answer from here is the last one, and counts.",
                    number=number,
                )
            )
        elif on_form == before:
            sentences.append(
                _("Question %(number)s was answered on another page meanwhile. That answer counts.", number=number)
            )
    return sentences


def said_on(form: MultiDict[str, str], item: Item) -> tuple[object, str | None]:
    answer = normal(answer_in(form, item))
    return answer, certainty_in(form, item) if answer else None


def used_answers(form: MultiDict[str, str], known: Answered, *, sequence: int) -> list[Given]:
    """The answer that was set aside and is to count instead, given again."""
    epoch = number_in(form, "epoch", 1)
    return [
        Given(uuid.uuid4(), one.item, one.answer, sequence + 1, certainty=one.certainty, epoch=epoch)
        for one in known.set_aside.values()
        if str(one.id) == form.get("use")
    ]


def said_in(answered: Answered, item: Item) -> tuple[object, str | None]:
    response = answered.counted.get(item.id)
    return (normal(response.answer), response.certainty) if response else (None, None)


def number_in(form: MultiDict[str, str], name: str, otherwise: int) -> int:
    """A number that the page carries: the sequence of the last response it showed, the epoch of its lease."""
    number = form.get(name, "")
    return int(number) if number.isdecimal() and len(number) < 8 else otherwise


def event_id(form: MultiDict[str, str]) -> uuid.UUID:
    """The id that the page gave to what it sends, so that sending it twice is the same event."""
    try:
        return uuid.UUID(form.get("event", ""))
    except ValueError:
        return uuid.uuid4()


def anchor_in(form: MultiDict[str, str]) -> str | None:
    """The question whose button was pressed, so that the page comes back to it."""
    then = form.get("then", "")
    return then if then.startswith("question-") and len(then) < 60 else None


def normal(answer: object) -> object:
    """*answer* in the form that two equal answers share; None when it says nothing."""
    if isinstance(answer, dict):
        return {part: chosen for part, chosen in answer.items() if chosen} or None
    if isinstance(answer, list):
        return sorted(answer) or None
    return answer or None


class DecisionForm(FlaskForm):
    """A decision in a scenario. What can be chosen depends on where the story is, so that is checked there."""

    run = HiddenField()
    number = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 1000)])
    choice = RadioField(
        _l("What do you do?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(_l("Choose what you do, then press the button."))],
    )

    @property
    def run_id(self) -> uuid.UUID:
        try:
            return uuid.UUID(self.run.data or "")
        except ValueError:
            raise Problem(_("This page could not be read. Load the page again."), 422) from None
