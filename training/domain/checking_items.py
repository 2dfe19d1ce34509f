"""What must hold in a question: that it can be answered, that its key is one, and that guessing does not pay."""

import re
from collections.abc import Iterable
from fractions import Fraction

from training.domain.checking import LessonDraft, Library, ModuleDraft
from training.domain.course_schema import ItemEntry
from training.domain.markup import unknown_source
from training.domain.numbers import read_number
from training.domain.yaml_lines import Remarks, Sheet

OPTIONS = {
    "single-choice": (3, 6),
    "multiple-choice": (4, 6),
    "true-false": (3, 4),
    "matching": (3, 6),
    "ordering": (3, 7),
    "ranking": (3, 6),
    "numeric": (1, 4),
    "short-answer": (2, 5),
}
CHOSEN = ("single-choice", "multiple-choice", "true-false")  # their options are right or wrong
WHAT_IS_RIGHT = {
    "matching": "`match` says what is right",
    "ordering": "the order in which they stand here is the right one",
    "ranking": "the best stands first here",
    "numeric": "`value` is right, and these are the wrong numbers to expect",
    "short-answer": "these are the key ideas, and all of them belong into an answer",
}
OWN_KEYS = {
    "statement_is": "true-false",
    "scoring": "multiple-choice",
    "decoys": "matching",
    "value": "numeric",
    "tolerance": "numeric",
    "unit": "numeric",
    "feedback": "numeric",
    "model": "short-answer",
}
NEEDED_KEYS = ("statement_is", "value", "feedback", "model")
MOST_DECOYS = 3
LONGEST_SIDE = 120
LONGEST_KEYS = 0.35  # of the single-choice questions of a module
OF_THE_ABOVE = re.compile(r"\b(all|none|both|any|neither) of the (above|below|other (answers|options))\b", re.I)
NEGATIVE = re.compile(r"\b(not|except|never|cannot)\b|n['’]t\b")
CAPITAL_NEGATIVE = re.compile(r"\b(NOT|EXCEPT|NEVER|CANNOT)\b")


def check_items(module: ModuleDraft, library: Library) -> None:
    for lesson, place, item in module.items():
        _check_item(item, place, lesson, module, library)
    _check_stems(module)
    _check_longest_keys(module)


def _check_item(item: ItemEntry, place: int, lesson: LessonDraft, module: ModuleDraft, library: Library) -> None:
    sheet, remarks = lesson.item_sheet, lesson.item_remarks
    known = {objective.id for objective in module.entry.objectives}
    line = sheet.line((place, "objective"))
    if item.objective and item.objective not in known and not module.sheet.broken:
        remarks.error(line, f"There is no objective {item.objective} in module.yaml: correct it, or add it there.")
    elif item.objective and lesson.head.objectives and item.objective not in lesson.head.objectives:
        remarks.error(line, f"Add {item.objective} to this lesson's objectives, or move the question.")
    _check_item_sources(item, place, lesson, library)
    _check_own_keys(item, place, sheet, remarks)
    _check_options(item, place, sheet, remarks)
    if item.type == "matching":
        _check_sides(item, place, sheet, remarks)
    if item.type == "numeric":
        _check_numbers(item, place, sheet, remarks)
    if NEGATIVE.search(_question(item.stem)) and not CAPITAL_NEGATIVE.search(item.stem) and item.type != "true-false":
        line = sheet.line((place, "stem"))
        remarks.warning(line, "Ask for what is right, or write the negative word in capitals (NOT): readers miss it.")


def _question(stem: str) -> str:
    """The sentence of the stem that asks; the scene before it may say "not" as it likes."""
    return re.split(r"(?<=[.!?:])[\"'”’]?\s+", stem)[-1]


def _check_item_sources(item: ItemEntry, place: int, lesson: LessonDraft, library: Library) -> None:
    sheet, remarks = lesson.item_sheet, lesson.item_remarks
    for number, name in enumerate(item.sources):
        line = sheet.line((place, "sources", number))
        if name and name not in library.kinds:
            remarks.error(line, unknown_source(name))
        if name and name in item.sources[:number]:
            remarks.error(line, f"Take out the second {name}.")
    entries = [library.sources[name] for name in item.sources if name in library.sources]
    if entries and len(entries) == len(item.sources) and all(e.confidence == "to-confirm" for e in entries):
        remarks.error(
            sheet.line((place, "sources")),
            "Add a checked source, or take the question out: nothing is examined that is still to be confirmed.",
        )


def _check_own_keys(item: ItemEntry, place: int, sheet: Sheet, remarks: Remarks) -> None:
    """Keys that questions of one type have and others have not."""
    for name, type_ in OWN_KEYS.items():
        if name in item.model_fields_set:
            if item.type and item.type != type_:
                remarks.error(sheet.line((place, name)), f"Take out `{name}`: it is for {type_} only.")
        elif item.type == type_ and name in NEEDED_KEYS and (place, name) not in sheet.lines:
            hint = ItemEntry.model_fields[name].description
            remarks.error(sheet.line((place,)), f"Add `{name}` to this question: {hint}.")
    if item.red_line and item.use == "practice":
        remarks.error(sheet.line((place, "red_line")), "Take out `red_line`: it is for graded questions only.")
    for number, option in enumerate(item.options):
        here = (place, "options", number)
        if item.type and item.type not in CHOSEN and "correct" in option.model_fields_set:
            remarks.error(sheet.line((*here, "correct")), f"Take out `correct`: {WHAT_IS_RIGHT[item.type]}.")
        if item.type and item.type != "matching" and "match" in option.model_fields_set:
            remarks.error(sheet.line((*here, "match")), "Take out `match`: it is for matching only.")


def _check_options(item: ItemEntry, place: int, sheet: Sheet, remarks: Remarks) -> None:
    line = sheet.line((place, "options"))
    if item.type and item.options:
        least, most = OPTIONS[item.type]
        if not least <= len(item.options) <= most:
            remarks.error(line, f"Give this question {least} to {most} options: it has {len(item.options)}.")
    # An option whose `correct` could not be read may be the right one.
    right = sum(option.correct for option in item.options)
    unsure = any(
        (place, "options", n, "correct") in sheet.lines and "correct" not in option.model_fields_set
        for n, option in enumerate(item.options)
    )
    if item.options and item.type in CHOSEN and not unsure:
        _check_key(item, right, line, remarks)
    _check_texts(((sheet.line((place, "options", n)), option.text) for n, option in enumerate(item.options)), remarks)
    for number, option in enumerate(item.options):
        if OF_THE_ABOVE.search(option.text):
            at = sheet.line((place, "options", number))
            remarks.warning(at, "Write what this option means: the options are mixed, so that nothing is above.")


def _check_texts(texts: Iterable[tuple[int, str]], remarks: Remarks, *, what: str = "option") -> None:
    """*texts*: each with its line. No two may say the same."""
    first: dict[str, int] = {}
    for line, text in texts:
        folded = _folded(text)
        if folded and folded in first:
            remarks.error(line, f"Change this {what}: it says the same as the one in line {first[folded]}.")
        first.setdefault(folded, line)


def _check_sides(item: ItemEntry, place: int, sheet: Sheet, remarks: Remarks) -> None:
    sides: list[tuple[int, str]] = []
    for number, option in enumerate(item.options):
        here = (place, "options", number)
        if option.match:
            sides.append((sheet.line((*here, "match")), option.match))
        elif (*here, "match") not in sheet.lines:
            remarks.error(sheet.line(here), "Add `match` to this option: the right side that belongs to it.")
    for number, decoy in enumerate(item.decoys):
        line = sheet.line((place, "decoys", number))
        sides.append((line, decoy))
        if len(decoy) > LONGEST_SIDE:
            remarks.error(line, f"Shorten this right side to {LONGEST_SIDE} characters: it has {len(decoy)}.")
    if len(item.decoys) > MOST_DECOYS:
        line = sheet.line((place, "decoys"))
        remarks.error(line, f"Keep at most {MOST_DECOYS} decoys: this question has {len(item.decoys)}.")
    _check_texts(sides, remarks, what="right side")


def _check_numbers(item: ItemEntry, place: int, sheet: Sheet, remarks: Remarks) -> None:
    if item.tolerance.startswith("-"):
        remarks.error(sheet.line((place, "tolerance")), "Make `tolerance` at least 0: it goes both ways.")
        return
    tolerance = Fraction(item.tolerance or "0")
    known: list[tuple[Fraction, int]] = []
    for number, option in enumerate(item.options):
        line = sheet.line((place, "options", number))
        wrong = read_number(option.text, unit=item.unit)
        if wrong is None:
            if option.text:
                remarks.error(line, 'Write a number that people may give by mistake as `text`, such as "75".')
            continue
        value = Fraction(wrong)
        if item.value and abs(value - Fraction(item.value)) <= tolerance:
            remarks.error(line, f"Change this number: {option.text} is right, within the tolerance.")
        same = [at for earlier, at in known if value == earlier]
        if same:
            remarks.error(line, f"Change this number: it says the same as the one in line {same[0]}.")
        known.append((value, line))


def _check_key(item: ItemEntry, right: int, line: int, remarks: Remarks) -> None:
    if item.type == "multiple-choice":
        if right < 2:
            remarks.error(line, f"Mark at least two options with `correct: true`: this question has {right}.")
        if right == len(item.options):
            remarks.error(line, "Add an option that is wrong: here all options are right.")
    elif right != 1:
        what = "reason" if item.type == "true-false" else "option"
        remarks.error(line, f"Mark exactly one {what} with `correct: true`: this question has {right}.")


def _check_stems(module: ModuleDraft) -> None:
    """A practice question shows its key, so it must not be a graded one too."""
    practised = {
        _folded(item.stem): f"{lesson.item_remarks.path}:{lesson.item_sheet.line((place,))}"
        for lesson, place, item in module.items()
        if item.use == "practice" and item.stem
    }
    for lesson, place, item in module.items():
        if item.use == "graded" and _folded(item.stem) in practised:
            lesson.item_remarks.error(
                lesson.item_sheet.line((place, "stem")),
                f"Ask something else: the practice question in {practised[_folded(item.stem)]} has the same stem.",
            )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _check_longest_keys(module: ModuleDraft) -> None:
    items = [item for _, _, item in module.items() if item.type == "single-choice" and len(item.options) > 1]
    longest = [item.id for item in items if _key_is_longest(item)]
    if items and len(longest) / len(items) > LONGEST_KEYS:
        module.remarks.warning(
            1,
            f"Shorten right options or lengthen wrong ones: in {len(longest)} of {len(items)} single-choice questions "
            f"the right option is the longest ({', '.join(longest)}), and who guesses will see it.",
        )


def _key_is_longest(item: ItemEntry) -> bool:
    keys = [len(option.text) for option in item.options if option.correct]
    others = [len(option.text) for option in item.options if not option.correct]
    return bool(keys and others) and max(keys) > max(others)
