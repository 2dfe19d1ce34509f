"""The course as files: what is read, and what its author is told."""

import hashlib
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories_course import (
    FIRST,
    GLOSSARY,
    LESSON,
    MODULE,
    PANEL,
    PATHS,
    QUESTIONS,
    SECOND_LESSON,
    SECOND_QUESTIONS,
    SLUG,
    SOURCES,
    course_files,
)
from training.domain.authoring import ContentProblem, check_quotations, due_for_review, read_course
from training.domain.content import KEY, Module


def problems(**changes):
    return read_course(course_files(**changes)).problems


def errors(**changes):
    return [problem for problem in problems(**changes) if problem.is_error]


def the_problem(**changes):
    (found,) = problems(**changes)
    return found


def line_of(text, words):
    """The line in which *words* stand for the first time."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def changed(text, old, new, count=1):
    assert old in text
    return text.replace(old, new, count)


def only_module(**changes):
    (module,) = read_course(course_files(**changes)).modules
    return module


# --- A sound course


def test_a_sound_course_has_no_problems():
    course = read_course(course_files())
    assert course.problems == ()
    assert [module.document.slug for module in course.modules] == [SLUG]


def test_a_module_has_its_lessons_and_questions_in_order():
    document = only_module().document
    assert [(lesson.slug, lesson.minutes, len(lesson.screens)) for lesson in document.lessons] == [
        ("what-poc-is", 20, 2),
        ("see-it-early", 15, 2),
    ]
    assert [item.id for item in document.items] == [f"a1-0{n}" for n in range(1, 8)] + [f"a2-0{n}" for n in range(1, 4)]
    assert [len(items) for items in document.practice_of.values()] == [3, 1]


def test_the_document_says_nothing_about_the_keys():
    module = only_module()
    words = module.document.model_dump_json()
    for key in module.key.values():
        for option in key.options.values():
            assert option.feedback not in words
    assert "correct" not in words and "statement_is" not in words


def test_the_key_says_what_is_right_and_why():
    module = only_module()
    item = module.document.item_by_id["a1-01"]
    (right,) = module.key["a1-01"].correct
    assert {option.id: option.text for option in item.options}[right] == "The mission in Sierra Leone, in 1999"
    assert module.key["a1-01"].options[right].feedback.startswith("Yes.")
    assert module.key["a1-01"].sources == ("POC-02",)
    assert module.key["a1-03"].claim is False
    assert {option.misconception for option in module.key["a1-01"].options.values()} == {None, "M17"}


def test_a_document_holds_only_the_sources_and_terms_that_it_uses():
    more = SOURCES + "- id: X-9\n  kind: research\n  title: Not used\n  says: Nothing.\n  confidence: checked\n"
    terms = GLOSSARY + "- id: coup\n  term: coup\n  definition: A change of power by force.\n"
    document = only_module(sources=more, glossary=terms).document
    assert [source.id for source in document.sources] == ["F51", "IHL-04", "POC-02", "POC-11"]
    assert [term.id for term in document.terms] == ["mandate", "poc"]


def test_a_panel_source_has_the_title_of_the_event_summary():
    source = only_module().document.source_by_id["F51"]
    assert source.title == (
        "The Role of Human Rights, Development Assistance, and Peacekeeping, event summary, 4 September 2014"
    )
    assert source.speaker == "Alison Giffen"
    assert source.quote.endswith("first mandate for a Chapter VII mandate in a peacekeeping operation")


def test_a_module_keeps_its_own_and_the_shared_files_as_they_are():
    course = read_course(course_files(**{"two/module.yaml": MODULE}))
    assert dict(course.modules[0].files) == course_files()


def test_a_document_survives_the_way_through_the_database():
    module = only_module()
    stored = json.loads(json.dumps(module.document.model_dump(mode="json")))
    assert Module.model_validate(stored, strict=False) == module.document
    assert KEY.validate_python(json.loads(KEY.dump_json(module.key)), strict=False) == module.key


def test_the_digest_changes_with_the_content_and_with_nothing_else():
    same = only_module(module=MODULE + "\n# a remark\n", lesson=LESSON.replace("\n", "\r\n"))
    assert same.digest == only_module().digest
    assert only_module(questions=changed(QUESTIONS, "Yes. Paragraph 14", "Indeed. Paragraph 14")).digest != same.digest
    assert only_module(sources=changed(SOURCES, "paragraph 14", "paragraph 15")).digest != same.digest


def test_the_digest_of_a_question_changes_with_its_own_key_and_with_no_other():
    before = only_module().document.item_by_id
    after = only_module(questions=changed(QUESTIONS, "Yes. Paragraph 14", "Indeed. Paragraph 14")).document.item_by_id
    assert [name for name in before if before[name].digest != after[name].digest] == ["a1-01"]
    assert all(len(item.digest) == 16 for item in before.values())


def test_the_id_of_an_option_comes_from_its_question_and_its_text():
    option = only_module().document.item_by_id["a1-01"].options[0]
    assert option.id == hashlib.sha256(f"a1-01\n{option.text}".encode()).hexdigest()[:8]


def test_neither_the_order_nor_the_id_of_an_option_tells_which_is_right():
    """Of 300 questions whose first option is right, it comes first, second and third about equally often."""
    one = QUESTIONS[QUESTIONS.index("- id: a1-04") : QUESTIONS.index("- id: a1-05")]
    more = "".join(one.replace("a1-04", f"b1-{n:03}").replace("What did", f"In case {n}, what did") for n in range(300))
    module = only_module(questions=QUESTIONS + more)
    places = [0, 0, 0]
    for item in module.document.items:
        if item.id.startswith("b1"):
            places[[option.id in module.key[item.id].correct for option in item.options].index(True)] += 1
    assert all(70 <= count <= 130 for count in places)
    assert all([o.id for o in i.options] == sorted(o.id for o in i.options) for i in module.document.items)


def test_modules_come_by_position():
    two = {
        "early/module.yaml": changed(MODULE, "position: 1", "position: 2").replace("A1.", "B1."),
        "early/01-one/lesson.md": changed(LESSON, "A1.1", "B1.1"),
        "early/01-one/questions.yaml": QUESTIONS.replace("a1-", "b1-").replace("A1.", "B1."),
        "early/02-two/lesson.md": changed(SECOND_LESSON, "A1.2", "B1.2"),
        "early/02-two/questions.yaml": SECOND_QUESTIONS.replace("a2-", "b2-").replace("A1.", "B1."),
    }
    course = read_course(course_files(**two))
    assert course.problems == ()
    assert [module.document.slug for module in course.modules] == [SLUG, "early"]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm():
    windows = {path: "\ufeff" + text.replace("\n", "\r\n") for path, text in course_files().items()}
    course = read_course(windows)
    assert course.problems == ()
    assert dict(course.modules[0].files) == windows


def test_a_course_without_a_glossary_is_sound():
    assert problems(glossary=None) == ()


# --- Many problems at once


def test_all_problems_of_all_files_are_reported_at_once_with_their_lines():
    questions = QUESTIONS
    questions = changed(questions, "      feedback: No. It came about twelve years later.\n", "")
    questions = changed(questions, "difficulty: 2", "difficulty: 9")
    questions = changed(questions, "sources: [IHL-04]", "sources: [IHL-4]")
    questions = changed(questions, "  stem: What did", "  stam: What did")
    questions = changed(questions, "type: true-false\n  use: graded", "type: essay\n  use: graded")
    module = changed(MODULE, "pass_mark: 75", "pass_mark: 750")
    lesson = changed(LESSON, "minutes: 20", "minutes: twenty").replace("::: changed", "::: warning")
    course = read_course(
        course_files(questions=questions, module=module, lesson=lesson, glossary=GLOSSARY + "- id: x\n  term: y\n")
    )
    path = PATHS["questions"]
    assert [(p.path, p.line, p.message) for p in course.errors] == [
        (PATHS["glossary"], 9, "Add `definition` to this term: one or two plain sentences."),
        (PATHS["lesson"], 3, "Write `minutes` as a whole number in plain digits: how long the lesson takes."),
        (
            PATHS["lesson"],
            line_of(lesson, "::: warning"),
            "There is no box named warning: use one of activity, answer, changed, civilian, figure, military, monday, "
            "note, police.",
        ),
        (
            path,
            line_of(questions, "South Sudan"),
            "Add `feedback` to this option: say why it is right or wrong.",
        ),
        (
            path,
            line_of(questions, "difficulty: 9"),
            "Make `difficulty` at most 4: 1 recall, 2 understand, 3 apply or 4 judge.",
        ),
        (
            path,
            line_of(questions, "IHL-4"),
            "There is no source IHL-4 in sources.yaml: correct the reference, or add the source.",
        ),
        (path, line_of(questions, "id: a1-04"), "Add `stem` to this question: the question."),
        (path, line_of(questions, "stam"), "Change `stam` to `stem`, or take it out: no question has `stam`."),
        (
            path,
            line_of(questions, "essay"),
            "Change `type`: single-choice, multiple-choice, true-false, matching, ordering, ranking, numeric or "
            "short-answer.",
        ),
        (PATHS["module"], 13, "Make `pass_mark` at most 100: the per cent that are needed, such as 75."),
    ]
    assert course.modules == ()


def test_problems_inside_one_question_are_all_reported():
    questions = changed(QUESTIONS, "      feedback: Yes. Paragraph 14 of resolution 1270 gave it this task.\n", "")
    questions = changed(
        questions, "    - text: The mission in South", "    - correct: true\n      text: The mission in South"
    )
    questions = changed(questions, "sources: [POC-02]", "sources: [POC-99]")
    messages = [problem.message for problem in errors(questions=questions)]
    assert len(messages) == 3
    assert any("exactly one option" in message for message in messages)


def test_a_problem_reads_as_path_line_and_sentence():
    problem = the_problem(module=changed(MODULE, "title: Protection of civilians\n", ""))
    assert str(problem) == f"{SLUG}/module.yaml:1: Add `title` to this module: the name of the module."


def test_a_module_with_an_error_leaves_the_others_alone():
    course = read_course(course_files(**{"broken/module.yaml": "title: Only a title\n"}))
    assert [module.document.slug for module in course.modules] == [SLUG]
    assert {problem.path for problem in course.errors} == {"broken/module.yaml"}


def test_an_error_in_a_shared_file_stops_every_module():
    assert read_course(course_files(sources=SOURCES + "- id: X-1\n")).modules == ()


def test_a_warning_stops_nothing():
    course = read_course(course_files(lesson=changed(LESSON, "## Who is", "## Short\n\nA few words.\n\n## Who is")))
    assert [problem.severity for problem in course.problems] == ["warning"]
    assert len(course.modules) == 1


def test_one_unreadable_file_does_not_make_the_others_wrong():
    for name in ("sources", "module", "lesson", "questions"):
        found = errors(**{name: "- [unclosed"})
        assert {problem.path for problem in found} == {PATHS[name]}, name


# --- YAML


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("title: a: b\n", 1, "quotation marks"),
        ("title: x\ntitle: y\n", 2, "twice"),
        ("title: x\naim: &a y\nrelevance: *a\n", 2, "anchor"),
        ("title: x\naim: *a\n", 2, "alias"),
        ("title: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("title: x\n---\ntitle: y\n", 2, "one document"),
        ("%YAML 1.1\n---\ntitle: x\n", 1, "directives"),
        ("title: x\nobjectives: [a\naim: b\n", 3, "not YAML"),
        ("title: x\n\taim: y\n", 2, "tab"),
        ("title: x\naim: a\x00b\n", 2, "control character"),
        ('title: x\naim: "a\\x00b"\n', 2, "control character"),
        ('title: x\naim: "\\ud800"\n', 2, "control character"),
        ("title: x\naim:\n", 2, "`aim` is empty"),
        ("title: x\n? [a]\n: b\n", 2, "plain word"),
        ("title: " + "[" * 2000 + "\n", 1, "fewer levels"),
        ("- title\n", 1, "lines of `key: value`"),
    ],
)
def test_yaml_that_is_wrong_or_refused_is_reported_with_its_line(text, line, words):
    assert [p for p in errors(module=text) if p.line == line and words in p.message]


def test_an_alias_bomb_is_refused_at_once():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    assert [p.line for p in errors(module=bomb)] == [1]


def test_words_that_other_readers_of_yaml_take_for_values_are_text():
    questions = changed(QUESTIONS, "The hours of daylight", "NO").replace("Loss of property", "12:30")
    texts = {option.text for item in only_module(questions=questions).document.items for option in item.options}
    assert {"NO", "12:30"} <= texts


@pytest.mark.parametrize(
    "value, quoted", [("true", '"true"'), ("1999", '"1999"'), ("2014-09-04", '"2014-09-04"'), ("1.5", '"1.5"')]
)
def test_a_value_where_text_is_wanted_is_an_error(value, quoted):
    problem = the_problem(questions=changed(QUESTIONS, "text: The hours of daylight", f"text: {value}"))
    assert problem.line == line_of(QUESTIONS, "The hours of daylight")
    assert problem.message == f'Write `text` as text, in quotation marks: "{value}".'


@pytest.mark.parametrize("value", ["yes", '"true"', "1", "NO"])
def test_correct_is_true_or_false_and_nothing_else(value):
    problem = the_problem(questions=changed(QUESTIONS, "correct: true", f"correct: {value}"))
    assert problem.message == "Write `correct` as true or false, without quotation marks."


@pytest.mark.parametrize("value", ["75.5", '"75"', "true", "0x4B", "075", "7_5", "1e2", "9999999999999999999"])
def test_a_pass_mark_is_a_whole_number(value):
    problem = the_problem(module=changed(MODULE, "75", value))
    assert problem.line == 13 and "`pass_mark`" in problem.message


@pytest.mark.parametrize("value", ["soon", "2027-13-01", '"2027-06-01"', "2027", "2027-06-01T10:00:00"])
def test_a_review_is_a_date(value):
    problem = the_problem(sources=changed(SOURCES, "2027-06-01", value))
    assert problem.line == line_of(SOURCES, "review:") and "as a date" in problem.message


def test_a_list_that_is_not_one_is_an_error():
    problem = the_problem(lesson=changed(LESSON, "[A1.1]", "A1.1"))
    assert problem.line == line_of(LESSON, "[A1.1]")
    assert problem.message == ("Write `objectives` as a list: the objectives that this lesson teaches, such as [A1.1].")


def test_a_question_whose_use_is_misspelt_is_not_reported_as_missing_too():
    problem = the_problem(second_questions=changed(SECOND_QUESTIONS, "use: practice", "use: practise"))
    assert problem.message == "Change `use`: practice or graded."


@pytest.mark.parametrize("name", ["sources", "questions", "module"])
def test_an_empty_file_is_an_error(name):
    assert [problem for problem in errors(**{name: ""}) if problem.path == PATHS[name] and problem.line == 1]


@pytest.mark.parametrize(
    "name, old, words",
    [
        ("module", "objectives: [A1.1], count: 2", "objectives: [], count: 2"),
        ("lesson", "objectives: [A1.1]", "objectives: []"),
        ("questions", "sources: [POC-02]", "sources: []"),
    ],
)
def test_an_empty_list_is_an_error(name, old, words):
    text = {"module": MODULE, "lesson": LESSON, "questions": QUESTIONS}[name]
    assert [p for p in errors(**{name: changed(text, old, words)}) if p.message.startswith("Add `")]


def test_texts_have_a_greatest_length():
    questions = changed(QUESTIONS, "Which mission received", "x" * 600)
    questions = changed(questions, "The hours of daylight", "y" * 301).replace("No. It had powers", "z" * 600)
    module = changed(MODULE, "title: Module quiz", f"title: {'t' * 121}")
    assert [p.message.partition(":")[0] for p in errors(questions=questions, module=module)] == [
        "Shorten `stem` to 600 characters",
        "Shorten `feedback` to 600 characters",
        "Shorten `text` to 300 characters",
        "Shorten `title` to 120 characters",
    ]


# --- Files


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt",
        "source.yaml",
        f"{SLUG}/notes.md",
        f"{FIRST}/question.yaml",
        f"{SLUG}/lesson.md",
        "../etc/passwd",
        f"{FIRST}/media/picture.svg",
        f"{SLUG}//module.yaml",
        "Two Words/module.yaml",
        "-x/module.yaml",
        f"{SLUG}/3-three/lesson.md",
        f"{SLUG}/03-Three/lesson.md",
        f"{'a' * 61}/module.yaml",
    ],
)
def test_a_file_in_a_wrong_place_is_an_error(path):
    assert [p for p in errors(**{path: "x"}) if p.path == path and p.message.startswith("Rename")]


def test_two_lessons_with_one_number_or_one_name_are_an_error():
    assert [p for p in errors(**{f"{SLUG}/01-other/lesson.md": LESSON}) if "same number or name" in p.message]
    assert [p for p in errors(**{f"{SLUG}/03-what-poc-is/lesson.md": LESSON}) if "same number or name" in p.message]


@pytest.mark.parametrize("name", ["sources", "module", "lesson", "questions"])
def test_a_missing_file_is_an_error_at_its_place(name):
    found = [problem for problem in errors(**{name: None}) if problem.path == PATHS[name]]
    assert [(p.line, p.message.split()[0]) for p in found] == [(1, "Add")]


def test_a_lesson_without_a_head_is_an_error():
    assert [(p.path, p.line) for p in errors(lesson=LESSON.split("---\n")[2])] == [(PATHS["lesson"], 1)]


def test_no_files_are_no_course():
    course = read_course({})
    assert course.modules == () and [problem.path for problem in course.problems] == ["sources.yaml"]


def test_files_have_limits():
    assert "1 MB" in errors(lesson=LESSON + "x" * 1_000_000)[0].message
    assert "500 files" in read_course({f"m/{n:02}-x/lesson.md": "" for n in range(501)}).problems[0].message
    many = {f"m/{n:02}-x/lesson.md": "x" * 900_000 for n in range(12)}
    assert "10 MB" in read_course(many).problems[0].message


# --- Cross checks


def test_ids_are_unique():
    found = errors(
        questions=changed(QUESTIONS, "id: a1-02", "id: a1-01"),
        second_questions=changed(SECOND_QUESTIONS, "id: a2-01", "id: a1-03"),
        module=MODULE
        + "  - id: quiz\n    title: Other\n    pass_mark: 50\n    draw: [{objectives: [A1.1], count: 1}]\n",
        sources=SOURCES + SOURCES[: SOURCES.index("- id: IHL")],
        glossary=GLOSSARY + "- id: poc\n  term: other\n  definition: Another thing.\n",
    )
    assert [(p.path, p.message.split(":")[0]) for p in found] == [
        ("glossary.yaml", "Give this term another id"),
        (PATHS["questions"], "Give this question another id"),
        (PATHS["second_questions"], "Give this question another id"),
        (PATHS["module"], "Give this assessment another id"),
        ("sources.yaml", "Give this source another id"),
    ]


def test_a_question_is_unique_in_the_whole_course():
    twin = {f"twin/{path.split('/', 1)[1]}": text for path, text in course_files().items() if "/" in path}
    course = read_course(course_files(**twin))
    assert [module.document.slug for module in course.modules] == [SLUG]
    words = f"question a1-01 stands already in {PATHS['questions']}:1."
    assert [p for p in course.errors if p.path.startswith("twin/") and words in p.message]


def test_two_terms_cannot_share_a_spelling():
    glossary = GLOSSARY + "- id: other\n  term: other\n  also: [Mandates]\n  definition: Another thing.\n"
    assert the_problem(glossary=glossary).line == 11


@pytest.mark.parametrize(
    "changes, path, words",
    [
        ({"lesson": LESSON.replace("task [POC-02]", "task [POC-09]")}, "lesson", "no source POC-09"),
        ({"lesson": LESSON.replace("kind [F51]", "kind [F99]")}, "lesson", "no source F99"),
        ({"module": MODULE.replace("[F51]", "[F99]")}, "module", "no source F99"),
        ({"questions": QUESTIONS.replace("[POC-02, F51]", "[POC-02, F99]")}, "questions", "no source F99"),
        ({"lesson": LESSON.replace("[A1.1]", "[A1.1, A9.9]")}, "lesson", "no objective A9.9"),
        ({"module": MODULE.replace("[A1.2], count", "[A1.2, A9.9], count")}, "module", "no objective A9.9"),
        ({"questions": QUESTIONS.replace("objective: A1.1", "objective: A9.9", 1)}, "questions", "no objective A9.9"),
        ({"questions": QUESTIONS.replace("objective: A1.1", "objective: A1.2", 1)}, "questions", "Add A1.2 to this"),
        ({"module": MODULE.replace("[A1.2], count", "[A1.1, A1.2], count")}, "module", "one group"),
        ({"questions": QUESTIONS.replace("[POC-02, F51]", "[F51, F51]")}, "questions", "second F51"),
    ],
)
def test_what_is_referred_to_exists(changes, path, words):
    assert [(p.path, words in p.message) for p in errors(**changes)] == [(PATHS[path], True)]


def test_an_objective_is_taught_practised_and_examined():
    more = changed(MODULE, "assessments:", "  - id: A1.3\n    text: Explain the limits\nassessments:")
    assert [(p.line, p.message) for p in errors(module=more)] == [
        (10, "Name A1.3 in the lesson that teaches it, or take it out."),
        (10, "Write at least one graded question for objective A1.3."),
        (10, "Write at least one practice question for objective A1.3."),
    ]


def test_a_group_cannot_draw_more_questions_than_there_are():
    problem = the_problem(module=changed(MODULE, "count: 2", "count: 5"))
    assert (problem.severity, problem.line) == ("error", line_of(MODULE, "count: 2"))
    assert "5 are drawn from 4" in problem.message


def test_a_group_should_have_twice_the_questions_that_it_draws():
    problem = the_problem(module=changed(MODULE, "count: 2", "count: 3"))
    assert problem.severity == "warning" and "3 drawn from 4" in problem.message


@pytest.mark.parametrize(
    "item, old, new, words",
    [
        ("a1-01", "      correct: true\n", "", "exactly one option with `correct: true`: this question has 0"),
        ("a1-01", "      misconception: M17\n", "      correct: true\n", "this question has 2"),
        ("a1-02", "      correct: true\n", "", "at least two options"),
        ("a1-03", "      correct: true\n", "", "exactly one reason"),
        ("a1-03", "  statement_is: false\n", "", "Add `statement_is`"),
        ("a1-01", "  stem:", "  statement_is: true\n  stem:", "Take out `statement_is`"),
        ("a1-01", "The mission in South Sudan, in 2011", "the mission in  Somalia, in 1993", "says the same"),
        ("a1-01", "single-choice", "multiple-choice", "4 to 6 options"),
    ],
)
def test_each_type_of_question_has_its_rules(item, old, new, words):
    start = QUESTIONS.index(f"- id: {item}")
    questions = QUESTIONS[:start] + changed(QUESTIONS[start:], old, new)
    assert [problem for problem in errors(questions=questions) if words in problem.message]


def test_a_multiple_choice_question_has_a_wrong_option():
    start, end = QUESTIONS.index("- id: a1-02"), QUESTIONS.index("- id: a1-03")
    all_right = QUESTIONS[start:end].replace("      feedback: No.", "      correct: true\n      feedback: No.")
    problem = the_problem(questions=QUESTIONS[:start] + all_right + QUESTIONS[end:])
    assert problem.message == "Add an option that is wrong: here all options are right."


def test_nothing_is_examined_that_is_still_to_be_confirmed():
    sources = changed(SOURCES, "confidence: partly", "confidence: to-confirm")
    found = errors(sources=sources)
    assert {p.path for p in found} == {PATHS["second_questions"]} and len(found) == 3
    helped = SECOND_QUESTIONS.replace("sources: [POC-11]", "sources: [POC-11, POC-02]")
    assert not errors(sources=sources, second_questions=helped)


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("  owner: Curriculum editor\n", "", "Add `owner` to this source that changes"),
        ("  review: 2027-06-01\n", "", "Add `review` to this source that changes"),
        ("  speaker: Alison Giffen\n", "", "Add `speaker`"),
        ("  locator: paragraph 14\n", "  speaker: Somebody\n", "Take out `speaker`"),
        ("  title: Additional", "  locator: Additional", "Add `title`"),
        ("  confidence: checked\n", "", "Add `confidence`"),
        ("kind: treaty", "kind: rumour", "Change `kind`"),
        ("id: POC-11", "id: poc-11", "Change `id`"),
    ],
)
def test_each_kind_of_source_has_its_fields(old, new, words):
    assert [p for p in errors(sources=changed(SOURCES, old, new)) if words in p.message and p.path == "sources.yaml"]


def test_a_graded_question_does_not_repeat_a_practice_question():
    questions = changed(
        QUESTIONS,
        "You cannot tell whether a man at a well is a fighter. How do you treat him?",
        "Which limits did the first mandate  SET?",
    )
    problem = the_problem(questions=questions)
    assert problem.line == line_of(questions, "SET?") and "has the same stem" in problem.message


# --- Warnings


@pytest.mark.parametrize(
    "old, new",
    [
        ("The hours of daylight", "All of the above"),
        ("The hours of daylight", "None of the above"),
        ("Which limits did the first mandate set?", "Which limit did the first mandate not set?"),
        ("Which limits did the first mandate set?", "Which limits didn't the first mandate set?"),
    ],
)
def test_unfair_questions_are_warned_of(old, new):
    problem = the_problem(questions=changed(QUESTIONS, old, new))
    assert (problem.severity, problem.line) == ("warning", line_of(QUESTIONS, old))


@pytest.mark.parametrize("stem", ["Which limit did the mandate NOT set?", "You do not know the road. What do you do?"])
def test_a_negative_word_in_capitals_or_in_the_scene_is_fair(stem):
    assert problems(questions=changed(QUESTIONS, "Which limits did the first mandate set?", f'"{stem}"')) == ()


def test_right_options_that_are_the_longest_are_one_warning_for_the_module():
    questions = changed(
        QUESTIONS, "- text: A task to protect civilians", "- text: A task to protect civilians under Chapter VII of it"
    )
    questions = changed(questions, "- text: As a civilian", "- text: As a civilian, until the doubt is gone for good")
    problem = the_problem(questions=questions)
    assert (problem.path, problem.line, problem.severity) == (PATHS["module"], 1, "warning")
    assert "in 3 of 5" in problem.message and "a1-04, a1-07" in problem.message


def test_unused_sources_are_one_warning():
    more = "- id: X-{0}\n  kind: research\n  title: Not used\n  says: Nothing.\n  confidence: checked\n"
    problem = the_problem(sources=SOURCES + more.format(1) + more.format(2))
    assert problem.severity == "warning" and "X-1, X-2" in problem.message


# --- Quotations and reviews


def test_quotations_that_stand_in_the_panels_document_are_right():
    assert check_quotations(course_files(), PANEL) == ()


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("the UN is", "the UN was", "do not stand there"),
        ("the UN is", "he UN is", "do not stand there"),
        ("15 year", "15-year", "do not stand there"),
    ],
)
def test_a_quotation_that_is_not_word_for_word_is_an_error_in_its_line(old, new, words):
    (problem,) = check_quotations(course_files(sources=changed(SOURCES, old, new)), PANEL)
    assert (problem.path, problem.line, problem.is_error) == ("sources.yaml", 4, True) and words in problem.message


def test_typographic_quotation_marks_are_not_the_plain_ones():
    panel = PANEL.replace("better training", "“better training”")
    sources = changed(SOURCES, "    the UN is approaching", '    She asked for "better training"').replace(
        " the 15 year anniversary of the first mandate\n    for a Chapter VII mandate in a peacekeeping operation", ""
    )
    (problem,) = check_quotations(course_files(sources=sources), panel)
    assert "quotation marks and dashes of F51" in problem.message
    assert check_quotations(course_files(sources=sources.replace('"', "“", 1).replace('"', "”", 1)), panel) == ()


def test_a_source_is_due_on_the_day_of_its_review():
    assert due_for_review(course_files(), date(2027, 5, 31)) == ()
    (problem,) = due_for_review(course_files(), date(2027, 6, 1))
    assert (problem.line, problem.severity) == (line_of(SOURCES, "review:"), "warning")
    assert "POC-11" in problem.message and "Curriculum editor" in problem.message


# --- Any text


PIECES = ["- ", ": ", "[", "{", "'", '"', "&a", "*a", "!!str ", "|\n", ">\n", "---\n", "#", "%", "\t", "\ud800"]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(PATHS)),
    st.integers(0, 3000),
    st.integers(0, 40),
    st.text(max_size=12)
    | st.sampled_from(["- ", ": ", "[", "{", "'", '"', "&a", "*a", "!!str ", "|\n", ">\n", "---\n", "#", "%"]),
)
def test_no_change_to_a_file_makes_the_reader_fail(name, at, length, piece):
    text = course_files()[PATHS[name]]
    course = read_course(course_files(**{name: text[:at] + piece + text[at + length :]}))
    assert bool(course.modules) is not bool(course.errors)
    for problem in course.problems:
        assert isinstance(problem, ContentProblem) and problem.line >= 1 and "\n" not in problem.message
