"""What stands in the files of a course: each model is one kind of entry, its fields are its keys.

`read_entry` reads leniently so that all problems come out at once: what is wrong or missing is
reported and left at its empty value, and the checks that follow see everything else.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictStr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from training.domain.content import TYPES, Confidence, ItemType, Kind, Scoring, Showing, SourceKind, Use
from training.domain.markup import SOURCE_ID
from training.domain.yaml_lines import Foreign, Place, Remarks, Sheet

SLUG = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
SLUG_LENGTH = 60
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d{1,2})?", re.ASCII)
NUMBER = 'a whole number, or a decimal in quotation marks such as "0.5"'


def _text(most: int) -> Any:
    return StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=most)


def _name(pattern: str) -> Any:
    return StringConstraints(strict=True, max_length=SLUG_LENGTH, pattern=rf"^{pattern}$")


def _number(least: int, most: int) -> Any:
    return Field(strict=True, ge=least, le=most)


def _needed(empty: object, hint: str) -> Any:
    """A field that must be there. *hint* ends the sentence "Add `field`: …"."""
    return Field(default=empty, description=hint, json_schema_extra={"needed": True})


def _optional(empty: object, hint: str) -> Any:
    return Field(default=empty, description=hint)


Title = Annotated[str, _text(120)]
Line = Annotated[str, _text(600)]
Names = list[StrictStr]
Worth = Literal["good", "acceptable", "weak", "harmful", "red-line"]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(Entry):
    id: Annotated[str, _name(SOURCE_ID)] = _needed("", "capitals and a number, such as F51 or POC-02")
    kind: SourceKind | None = _needed(None, "panel, un-document, treaty or research")
    title: Annotated[str, _text(300)] = _optional("", "the title of the document")
    speaker: Title = _optional("", "who said it, or Event summary where the document names nobody")
    quote: Annotated[str, _text(1200)] = _optional("", "the exact words")
    locator: Annotated[str, _text(200)] = _optional("", "the place in the document, such as paragraph 14")
    says: Annotated[str, _text(1200)] = _optional(
        "", "one or two plain sentences, what the document says that we rely on"
    )
    confidence: Confidence | None = _optional(None, "checked, partly or to-confirm")
    recommends: StrictBool = _optional(False, "true where the panel asks for something, so that it is examined")
    changes: StrictBool = _optional(False, "true when this fact ages")
    owner: Title = _optional("", "who looks at this fact again")
    review: Annotated[date, Strict()] | None = _optional(None, "the day of the next look, such as 2027-06-01")


class TermEntry(Entry):
    id: Annotated[str, _name(SLUG)] = _needed("", "small letters, digits and dashes, such as host-state")
    term: Title = _needed("", "the words that are explained")
    also: Names = _optional([], "a list of other spellings, such as [POC]")
    definition: Line = _needed("", "one or two plain sentences")


class ObjectiveEntry(Entry):
    id: Annotated[str, _name(r"[A-Z][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+)*")] = _needed(
        "", "a capital and a number, such as A1.1"
    )
    text: Annotated[str, _text(300)] = _needed("", "what the person can do, starting with a verb")


class DrawEntry(Entry):
    objectives: Names = _needed([], "the objectives to draw from, such as [A1.1, A1.2]")
    count: Annotated[int, _number(1, 50)] = _needed(0, "how many questions to draw")
    module: Annotated[str, _name(SLUG)] | None = _optional(None, "the folder of another module, or leave the line out")
    difficulty: list[Annotated[int, _number(1, 4)]] = _optional([], "a list of numbers from 1 to 4, such as [3, 4]")
    types: list[ItemType] = _optional([], "a list of types of question, such as [single-choice, true-false]")
    situation: StrictBool = _optional(False, "true to draw only questions that tell a situation")
    red_line: StrictBool = _optional(False, "true to draw only red-line questions")


class AssessmentEntry(Entry):
    id: Annotated[str, _name(SLUG)] = _needed("", "small letters, digits and dashes, such as quiz")
    title: Title = _needed("", "what the trainee sees, such as Module quiz")
    kind: Kind = _optional("quiz", "quiz, pre-test, post-test or exam")
    pass_mark: Annotated[int, _number(1, 100)] | None = _optional(None, "the per cent that are needed, such as 75")
    attempts: Annotated[int, _number(1, 100)] | None = _optional(None, "how often one may try, or leave the line out")
    wait_hours: Annotated[int, _number(0, 720)] = _optional(0, "the hours between two attempts, such as 24")
    minutes: Annotated[int, _number(1, 600)] | None = _optional(None, "the time limit, or leave the line out")
    grace_seconds: Annotated[int, _number(0, 600)] = _optional(
        60, "the seconds after the end in which answers that are under way still count"
    )
    review: Showing = _optional("feedback", "feedback, marks or after-due")
    certainty: StrictBool = _optional(False, "true to ask how sure the trainee is")
    outage_minutes: Annotated[int, _number(0, 600)] = _optional(
        0, "the minutes that are given back at most when the server was down"
    )
    parallel_to: Annotated[str, _name(rf"{SLUG}(?:/{SLUG})?")] | None = _optional(
        None, "the id of the other assessment, such as pre-test, or module-folder/pre-test"
    )
    draw: list[DrawEntry] = _needed([], "which objectives the questions come from, and how many")


class ModuleEntry(Entry):
    title: Title = _needed("", "the name of the module")
    position: Annotated[int, _number(1, 999)] = _needed(0, "the module's place in the course, from 1")
    aim: Line = _needed("", "one sentence")
    relevance: Line = _needed("", "one sentence that says why this matters, with references")
    objectives: list[ObjectiveEntry] = _needed([], "what a person can do after the module")
    assessments: list[AssessmentEntry] = _needed([], "the quizzes of the module")


class LessonEntry(Entry):
    """The head of lesson.md."""

    title: Title = _needed("", "the name of the lesson")
    minutes: Annotated[int, _number(1, 600)] = _needed(0, "how long the lesson takes")
    aim: Line = _needed("", "one sentence")
    relevance: Line = _needed("", "one sentence that says why this matters, with references")
    objectives: Names = _needed([], "the objectives that this lesson teaches, such as [A1.1]")


def _decimal(value: object) -> str:
    """A number of a question; decimals stand in quotation marks, because YAML's own are not exact."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not DECIMAL.fullmatch(text):
        raise PydanticCustomError("decimal", "not a number")
    return text


Decimal = Annotated[str, BeforeValidator(_decimal)]
Side = Annotated[str, _text(120)]


class OptionEntry(Entry):
    text: Annotated[str, _text(300)] = _needed("", "what the trainee can choose")
    correct: StrictBool = _optional(False, "true for a right option")
    match: Side = _optional("", "the right side that belongs to this left side")
    feedback: Annotated[str, _text(600)] = _needed("", "say why it is right or wrong")
    misconception: Annotated[str, _name(r"M\d{2,3}")] | None = _optional(
        None, "the number of the misconception, such as M17"
    )


class ItemEntry(Entry):
    id: Annotated[str, _name(r"[a-z][a-z0-9]*-\d{2,3}")] = _needed(
        "", "the lesson's code, a dash and two digits, such as a1-01"
    )
    type: ItemType | None = _needed(None, f"{', '.join(TYPES[:-1])} or {TYPES[-1]}")
    use: Use | None = _needed(None, "practice or graded")
    objective: StrictStr = _needed("", "the objective that the question tests")
    difficulty: Annotated[int, _number(1, 4)] = _needed(0, "1 recall, 2 understand, 3 apply or 4 judge")
    sources: Names = _needed([], "at least one source that supports the answer")
    situation: StrictBool = _optional(False, "true where the stem tells a situation and asks what to do")
    red_line: StrictBool = _optional(False, "true where a wrong answer means that this has to be learned again")
    statement_is: StrictBool | None = _optional(None, "true or false")
    scoring: Scoring | None = _optional(None, "net-correct, coverage, each-answer or all-or-nothing")
    decoys: Names = _optional([], "right sides that fit nothing, such as [A court]")
    value: Decimal = _optional("", NUMBER)
    tolerance: Decimal = _optional("", f"how far off is still right: {NUMBER}")
    unit: Annotated[str, _text(40)] = _optional("", "what is counted, such as days")
    feedback: Annotated[str, _text(600)] = _optional("", "what teaches about the right number")
    model: Line = _optional("", "an answer with all key ideas, in one to three sentences")
    stem: Annotated[str, _text(600)] = _needed("", "the question")
    options: list[OptionEntry] = _needed(
        [], "what can be chosen; for numeric, the wrong numbers to expect; for short-answer, the key ideas"
    )


class ChoiceEntry(Entry):
    text: Annotated[str, _text(300)] = _needed("", "what can be done here")
    worth: Worth | None = _needed(None, "good, acceptable, weak, harmful or red-line")
    then: Annotated[str, _text(900)] = _needed("", "what happens because of it, told as a story")
    next: Annotated[str, _name(SLUG)] | None = _optional(None, "the point that follows; leave it out to end the story")


class PointEntry(Entry):
    id: Annotated[str, _name(SLUG)] = _needed("", "a short name, such as dp1")
    situation: Annotated[str, _text(900)] = _needed("", "what happens and what has to be decided")
    choices: list[ChoiceEntry] = _needed([], "two to four choices")


class AftermathEntry(Entry):
    civilians: Line = _needed("", "what this end means for the civilians")
    trust: Line = _needed("", "what this end means for their trust")


class ScenarioEntry(Entry):
    title: Title = _needed("", "the name of the scenario")
    role: Line = _needed("", "who the reader is, such as: You lead a patrol of twelve soldiers.")
    minutes: Annotated[int, _number(1, 120)] = _needed(0, "how long it takes")
    objectives: Names = _needed([], "the objectives that it practises, such as [A3.1]")
    sources: Names = _needed([], "the findings and facts that it rests on")
    note: Annotated[str, _text(300)] = _optional("", "a warning, where it touches what can hurt a reader")
    opening: Annotated[str, _text(1500)] = _needed("", "how the story begins")
    points: list[PointEntry] = _needed([], "the decisions; the first one begins the story")
    protected: list[AftermathEntry] = _needed([], "a list of one: civilians and trust, when nearly all was done well")
    partly_protected: list[AftermathEntry] = _needed([], "a list of one: civilians and trust, when some was done well")
    harm_done: list[AftermathEntry] = _needed([], "a list of one: civilians and trust, when little was done well")
    questions: list[Annotated[str, _text(300)]] = _needed([], "what to think about at the end")
    explained: Annotated[str, _text(1500)] = _needed("", "which findings and facts applied, with references")
    monday: Annotated[str, _text(300)] = _needed("", "one thing to do on Monday")


WHAT: dict[type[Entry], str] = {
    SourceEntry: "source",
    TermEntry: "term",
    ObjectiveEntry: "objective",
    DrawEntry: "group",
    AssessmentEntry: "assessment",
    ModuleEntry: "module",
    LessonEntry: "lesson",
    OptionEntry: "option",
    ItemEntry: "question",
    ChoiceEntry: "choice",
    PointEntry: "point",
    AftermathEntry: "end",
    ScenarioEntry: "scenario",
}
E = TypeVar("E", bound=Entry)


def read_entry(model: type[E], sheet: Sheet, place: Place, remarks: Remarks) -> E:
    """The entry at *place*. What is wrong goes to *remarks* and stays at its empty value."""
    data = _copy(_at(sheet.data, place))
    reported = set(sheet.emptied)
    try:
        entry = model.model_validate(data)
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
        for error in errors:
            reported.add((*place, *error["loc"]))
            remarks.error(sheet.line((*place, *error["loc"])), _sentence(error, model))
        if not all(error["loc"] for error in errors):
            return model()
        for error in errors:
            _take_out(data, error)
        try:
            entry = model.model_validate(data)
        except ValidationError as limited:  # a text that may not be empty either
            for error in limited.errors(include_url=False):
                _take_out(data, error)
            entry = model.model_validate(data)
    for at, kind, name in _missing(entry, place):
        if (*at, name) not in reported and at not in reported:
            hint = kind.model_fields[name].description
            remarks.error(sheet.line(at), f"Add `{name}` to this {WHAT[kind]}: {hint}.")
    return entry


def read_list(model: type[E], sheet: Sheet, remarks: Remarks) -> list[tuple[int, E]]:
    """The entries of a file that is a list, each with its place in the list."""
    if sheet.data is None:
        return []
    if not isinstance(sheet.data, list):
        remarks.error(sheet.line(()), f"Write this file as a list: a dash before each {WHAT[model]}.")
        return []
    return [(place, read_entry(model, sheet, (place,), remarks)) for place in range(len(sheet.data))]


def _at(data: Any, place: Place) -> Any:
    for step in place:
        data = data[step]
    return data


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data


def _take_out(data: Any, error: ErrorDetails) -> None:
    """Take the offending value out, or put an empty one in its place in a list, so that places stay."""
    *way, last = error["loc"]
    try:
        holder = _at(data, tuple(way))
    except (KeyError, IndexError, TypeError):
        return  # it was inside something that has been taken out
    if isinstance(holder, list) and not error["type"].startswith(("model_", "string_")):
        holder.clear()  # of numbers or of given words: none of them is empty
    elif isinstance(holder, list):
        empty = "?" if error["type"] in ("string_too_short", "string_too_long") else ""
        holder[cast(int, last)] = {} if error["type"] == "model_type" else empty
    elif isinstance(holder, dict):
        holder.pop(last, None)


def _missing(entry: Entry, place: Place) -> Iterator[tuple[Place, type[Entry], str]]:
    for name, info in type(entry).model_fields.items():
        value = getattr(entry, name)
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra.get("needed") and (name not in entry.model_fields_set or value == []):
            yield place, type(entry), name
        if isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, Entry):
                    yield from _missing(child, (*place, name, index))


# --- Sentences --------------------------------------------------------------------------------------


def _sentence(error: ErrorDetails, model: type[Entry]) -> str:
    """What the author does about a pydantic error."""
    holder, name = _field(model, error["loc"])
    hint = holder.model_fields[name].description if name in holder.model_fields else ""
    limits: dict[str, Any] = error.get("ctx", {})
    given = error["input"]
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(str(error["loc"][-1]), holder)
        case "string_type":
            return f"Write `{name}` as text{_quoted(given)}"
        case "string_too_short":
            return f"Fill in `{name}`: {hint}."
        case "string_too_long":
            return f"Shorten `{name}` to {limits['max_length']} characters: it has {len(given)}."
        case "string_pattern_mismatch":
            return f"Change `{name}`: {hint}."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"Write `{name}` as a whole number in plain digits: {hint}."
        case "greater_than_equal":
            return f"Make `{name}` at least {limits['ge']}: {hint}."
        case "less_than_equal":
            return f"Make `{name}` at most {limits['le']}: {hint}."
        case "bool_type":
            return f"Write `{name}` as true or false, without quotation marks."
        case "literal_error":
            return f"Change `{name}`: {hint}."
        case "list_type":
            return f"Write `{name}` as a list: {hint}."
        case "model_type":
            what = WHAT.get(_element(holder, name), WHAT[holder])
            return f"Write this {what} as lines of `key: value`."
        case "decimal":
            return f"Write `{name}` as a number: {NUMBER}."
        case "date_type" | "date_from_datetime_inexact":
            return f"Write `{name}` as a date without quotation marks: {hint}."
    return f"Correct `{name}`: {hint}."


def _field(model: type[Entry], loc: Sequence[int | str]) -> tuple[type[Entry], str]:
    """The model and the field that an error's place names."""
    name = ""
    for step in loc:
        if isinstance(step, str):
            if name and issubclass(element := _element(model, name), Entry):
                model = element
            name = step
    return model, name


def _element(model: type[Entry], name: str) -> Any:
    """What the list in a field holds; Entry's own base when it holds no entries."""
    if name in model.model_fields:
        for inner in getattr(model.model_fields[name].annotation, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, Entry):
                return inner
    return BaseModel


def _unknown_key(key: str, holder: type[Entry]) -> str:
    known = list(holder.model_fields)
    close = get_close_matches(key, known, 1)
    if close:
        return f"Change `{key[:40]}` to `{close[0]}`, or take it out: no {WHAT[holder]} has `{key[:40]}`."
    return f"Take out `{key[:40]}`: this {WHAT[holder]} can have only {', '.join(known)}."


def _quoted(given: object) -> str:
    if isinstance(given, bool):
        return f', in quotation marks: "{str(given).lower()}".'
    if isinstance(given, (int, date)):
        return f', in quotation marks: "{given}".'
    if isinstance(given, Foreign):
        return f', in quotation marks: "{given.text[:40]}".'
    return ", not as a list or as lines of their own."


def is_slug(name: str) -> bool:
    return len(name) <= SLUG_LENGTH and bool(re.fullmatch(SLUG, name))
