"""The types of question that are more than a choice: how they are written, checked and parted."""

import pytest

from tests.factories_course import PATHS, course_files
from tests.factories_types import BODIES, EXAMINED, PRACTISED, QUESTIONS, every_type
from training.domain.authoring import read_course
from training.domain.content import KEY, Item, ItemKey, Module


def only_module(questions=QUESTIONS):
    (module,) = read_course(every_type() | {PATHS["questions"]: questions}).modules
    return module


def errors(kind, old, new, count=1):
    """What the author is told when the practice question of this type is changed."""
    start = QUESTIONS.index(f"- id: {PRACTISED[kind]}")
    assert old in QUESTIONS[start:]
    questions = QUESTIONS[:start] + QUESTIONS[start:].replace(old, new, count)
    found = read_course(every_type() | {PATHS["questions"]: questions}).errors
    assert all(problem.path == PATHS["questions"] for problem in found)
    return [(questions.split("\n")[problem.line - 1].strip(), problem.message) for problem in found]


def test_a_course_with_every_type_is_sound():
    course = read_course(every_type())
    assert not course.errors
    assert {item.type for item in course.modules[0].document.items} == set(BODIES)


def test_a_document_and_its_key_survive_the_way_through_the_database():
    module = only_module()
    assert Module.model_validate_json(module.document.model_dump_json()) == module.document
    assert KEY.validate_json(KEY.dump_json(module.key)) == module.key


def test_what_was_published_before_there_were_these_types_keeps_its_digests():
    (module,) = read_course(course_files(scenario=None)).modules
    assert module.digest == "8595e53edba3e13f1adc8f33b77dbdfad6e7317b89f7c399b8998ce7c24aab0c"
    assert [module.document.item_by_id[item].digest for item in ("a1-01", "a1-02", "a1-03")] == [
        "dd0fe39645526eee",
        "406db99869312bd4",
        "9ab0d172f47c89d8",
    ]


# --- What a trainee gets tells nothing about the key


def secrets(item: Item, key: ItemKey) -> set[str]:
    words = {option.feedback for option in key.options.values()}
    words |= {option.text for option in key.options.values() if option.text}
    words |= {words for words in (key.feedback, key.model) if words}
    return words


@pytest.mark.parametrize("use", [PRACTISED, EXAMINED])
@pytest.mark.parametrize("kind", BODIES)
def test_the_document_has_none_of_the_words_of_the_key(kind, use):
    module = only_module()
    item, key = module.document.item_by_id[use[kind]], module.key[use[kind]]
    words = secrets(item, key)
    assert words and not [one for one in words if one in item.model_dump_json(exclude={"digest"})]
    assert not {"value", "tolerance", "model", "order", "feedback", "correct"} & item.model_dump().keys()


def test_right_sides_stand_by_their_ids_with_those_that_fit_nothing_among_them():
    module = only_module()
    item, key = module.document.item_by_id["a1-14"], module.key["a1-14"]
    assert len(item.options) == 3 and len(item.matches) == 4
    assert [match.id for match in item.matches] == sorted(match.id for match in item.matches)
    left = {option.id: option.text for option in item.options}
    right = {match.id: match.text for match in item.matches}
    assert {left[one]: right[other] for one, other in key.matches.items()} == {
        "A child alone at the gate": "The child protection adviser",
        "A body in the field": "The human rights officer",
        "A mine beside the road": "The engineers",
    }


@pytest.mark.parametrize("kind", ["ordering", "ranking"])
def test_the_key_alone_has_the_authors_order(kind):
    module = only_module()
    item, key = module.document.item_by_id[PRACTISED[kind]], module.key[PRACTISED[kind]]
    assert [option.id for option in item.options] == sorted(option.id for option in item.options)
    texts = {option.id: option.text for option in item.options}
    written = BODIES[kind]
    assert [written.index(texts[option]) for option in key.order] == sorted(written.index(t) for t in texts.values())


def test_a_wrong_number_is_kept_as_answers_are_however_its_author_wrote_it():
    module = only_module(QUESTIONS.replace('"2500"', '"2 500,50 litres"'))
    assert {option.text for option in module.key[EXAMINED["numeric"]].options.values()} == {"125", "2500.5"}


def test_the_digest_of_a_question_changes_with_each_part_of_its_key():
    before = {item.id: item.digest for item in only_module().document.items}
    for kind, old, new in [
        ("matching", "match: The engineers", "match: The sappers"),
        ("numeric", "value: 1250", "value: 1251"),
        ("numeric", 'tolerance: "0.5"', 'tolerance: "0.6"'),
        ("numeric", "Taught about the need for water.", "Taught again."),
        ("short-answer", "model: An early", "model: A quick"),
        ("ranking", "  situation: true\n", ""),
    ]:
        start = QUESTIONS.index(f"- id: {PRACTISED[kind]}")
        changed = only_module(QUESTIONS[:start] + QUESTIONS[start:].replace(old, new, 1)).document
        assert [item.id for item in changed.items if item.digest != before[item.id]] == [PRACTISED[kind]]


def test_a_red_line_is_in_the_document_of_a_graded_question():
    start = QUESTIONS.index("- id: a1-31")
    marked = QUESTIONS[:start] + QUESTIONS[start:].replace("  stem:", "  red_line: true\n  stem:", 1)
    items = only_module(marked).document.items
    assert [item.id for item in items if item.red_line] == ["a1-31"]


# --- What an author is told


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        (
            "single-choice",
            "  stem:",
            "  red_line: true\n  stem:",
            "Take out `red_line`: it is for graded questions only.",
        ),
        (
            "single-choice",
            "  stem:",
            "  scoring: coverage\n  stem:",
            "Take out `scoring`: it is for multiple-choice only.",
        ),
        (
            "multiple-choice",
            "scoring: coverage",
            "scoring: generous",
            "Change `scoring`: net-correct, coverage, each-answer or all-or-nothing.",
        ),
        (
            "matching",
            "situation: true",
            "situation: perhaps",
            "Write `situation` as true or false, without quotation marks.",
        ),
        (
            "matching",
            "      match: The engineers\n",
            "",
            "Add `match` to this option: the right side that belongs to it.",
        ),
        (
            "ordering",
            "      feedback: Taught",
            "      match: A side\n      feedback: Taught",
            "Take out `match`: it is for matching only.",
        ),
        (
            "ordering",
            "      feedback: Taught",
            "      correct: true\n      feedback: Taught",
            "Take out `correct`: the order in which they stand here is the right one.",
        ),
        (
            "short-answer",
            "      feedback: Taught",
            "      correct: true\n      feedback: Taught",
            "Take out `correct`: these are the key ideas, and all of them belong into an answer.",
        ),
        ("ordering", "Write it down", "see  what happens", None),
        ("ranking", "    - text: Watch from the corner\n      feedback: Taught about watching.\n", "", None),
        (
            "numeric",
            "  value: 1250\n",
            "",
            'Add `value` to this question: a whole number, or a decimal in quotation marks such as "0.5".',
        ),
        (
            "numeric",
            "value: 1250",
            "value: 12.5",
            'Write `value` as a number: a whole number, or a decimal in quotation marks such as "0.5".',
        ),
        (
            "numeric",
            "value: 1250",
            "value: many",
            'Write `value` as a number: a whole number, or a decimal in quotation marks such as "0.5".',
        ),
        ("numeric", 'tolerance: "0.5"', "tolerance: -1", "Make `tolerance` at least 0: it goes both ways."),
        (
            "numeric",
            "  feedback: Taught about the need for water.\n",
            "",
            "Add `feedback` to this question: what teaches about the right number.",
        ),
        ("numeric", '"125"', '"1250.5"', "Change this number: 1250.5 is right, within the tolerance."),
        ("numeric", '"125"', '"a few"', 'Write a number that people may give by mistake as `text`, such as "75".'),
        ("numeric", '"125"', "125", 'Write `text` as text, in quotation marks: "125".'),
        ("numeric", "unit: litres", "model: Some", "Take out `model`: it is for short-answer only."),
        (
            "short-answer",
            "  model: An early report gives the mission time to warn people and to send a patrol.\n",
            "",
            "Add `model` to this question: an answer with all key ideas, in one to three sentences.",
        ),
    ],
)
def test_each_type_has_its_rules(kind, old, new, told):
    found = errors(kind, old, new)
    assert len(found) == 1, found
    assert told is None or found[0][1] == told


def test_the_line_of_what_is_wrong_is_named():
    assert errors("matching", "decoys: [The driver of the water truck]", "decoys: [the  Engineers]") == [
        ("decoys: [the  Engineers]", "Change this right side: it says the same as the one in line 68.")
    ]
    assert errors("numeric", '"2500"', '"125,0 litres"')[0][0] == '- text: "125,0 litres"'


def test_there_are_few_decoys_and_short_ones():
    decoys = "decoys: [One, Two, Three, Four, " + "long " * 30 + "]"
    told = [message for _line, message in errors("matching", "decoys: [The driver of the water truck]", decoys)]
    assert told == [
        "Keep at most 3 decoys: this question has 5.",
        "Shorten this right side to 120 characters: it has 149.",
    ]


@pytest.mark.parametrize(("kind", "words"), [("ordering", "3 to 7"), ("ranking", "3 to 6"), ("matching", "3 to 6")])
def test_a_type_has_enough_options(kind, words):
    start = QUESTIONS.index(f"- id: {PRACTISED[kind]}")
    options = QUESTIONS.index("  options:\n", start) + len("  options:\n")
    end = QUESTIONS.find("  decoys", options, QUESTIONS.index("- id:", options))
    end = end if end > 0 else QUESTIONS.index("- id:", options)
    first = QUESTIONS[options : QUESTIONS.index("    - text", options + 4)]
    found = read_course(every_type() | {PATHS["questions"]: QUESTIONS[:options] + first + QUESTIONS[end:]}).errors
    assert [problem.message for problem in found] == [f"Give this question {words} options: it has 1."]


def test_all_problems_of_a_question_are_told_at_once():
    questions = QUESTIONS.replace("value: 1250", "value: about 7", 1).replace('"125"', '"some"', 1)
    questions = questions.replace("  model:", "  decoys: [A]\n  model:", 1)
    assert len(read_course(every_type() | {PATHS["questions"]: questions}).errors) == 3
