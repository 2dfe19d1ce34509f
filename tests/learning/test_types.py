"""Amina answers questions of every type: as forms without a script, and as the page's script sends them."""

import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_types import EXAMINED, PRACTISED, every_type, perfect
from tests.learning.conftest import Browse, Quiz
from tests.pages import Browser, Element, Page, values, words
from tests.people import World, make_world
from training.curriculum import module_of
from training.db import db
from training.domain.content import Answer, Item, ItemKey
from training.keys import key_of
from training.models import LessonEvent, Response

LESSON = "what-poc-is"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app, every_type())


@pytest.fixture
def amina(world: World, browse: Browse) -> Browser:
    return browse(world.amina)


@pytest.fixture
def course(app: Flask, world: World) -> tuple[Mapping[str, Item], Mapping[str, ItemKey]]:
    with app.app_context():
        return module_of(world.version).item_by_id, key_of(world.version)


Course = tuple[Mapping[str, Item], Mapping[str, ItemKey]]


def fields_of(item: Item, answer: Answer) -> dict[str, Any]:
    """What a form sends for *answer*."""
    name = f"answer-{item.id}"
    if not isinstance(answer, dict):
        return {name: answer}
    parts = {"reason": name, "text": name}
    return {parts.get(part, f"{name}.{part}"): value for part, value in answer.items()}


def question(page: Page, item: str) -> Element:
    return next(e for e in page.root.iter() if e.get("id") == f"question-{item}")


def kept(app: Flask, item: str) -> Any:
    """The last answer in the log."""
    with app.app_context():
        newest = sa.select(Response.answer).where(Response.item_id == item).order_by(Response.sequence.desc()).limit(1)
        return db.session.scalar(newest)


def secrets_of(course: Course) -> set[str]:
    """The words of the keys. Numbers are left out: a page has many, in ids and in tokens."""
    _items, keys = course
    said = {option.feedback for key in keys.values() for option in key.options.values()}
    said |= {option.text for key in keys.values() for option in key.options.values() if option.text}
    said |= {words for key in keys.values() for words in (key.feedback, key.model) if words}
    return {words for words in said if not words.isdecimal()}


# --- A quiz


@pytest.mark.parametrize("kind", EXAMINED)
def test_an_answer_is_saved_shown_again_and_marked_without_a_script(
    app: Flask, aminas_quiz: Quiz, course: Course, kind: str
) -> None:
    item, key = course[0][EXAMINED[kind]], course[1][EXAMINED[kind]]
    path = aminas_quiz.start()
    fields = fields_of(item, perfect(item, key))
    page = aminas_quiz.browser.submit(aminas_quiz.browser.open(path), f"{path}", **fields)
    assert kept(app, item.id) == perfect(item, key)
    shown = values(page.form(path))
    assert {name: sorted(shown[name]) for name in fields} == {
        name: value if isinstance(value, list) else [value] for name, value in fields.items()
    }
    assert "1 of 9 answered" in page.text
    result = aminas_quiz.submit(path)
    marks = aminas_quiz.results(path)[0].marks
    assert marks[item.id][0] == (None if kind == "short-answer" else "1")
    if kind == "short-answer":
        assert "Your trainer marks this answer" in words(question(result, item.id))
    else:
        assert words(question(result, item.id)).count("Right.") >= 1


def test_a_paper_with_every_type_earns_everything_but_what_a_person_has_to_mark(
    aminas_quiz: Quiz, course: Course
) -> None:
    path = aminas_quiz.start()
    paper = aminas_quiz.attempt(path).paper
    answers = {item: perfect(course[0][item], course[1][item]) for item in paper}
    assert set(aminas_quiz.save(path, answers).values()) == {"saved"}
    assert "9 of 9 answered" in aminas_quiz.browser.open(path).text
    page = aminas_quiz.submit(path)
    (result,) = aminas_quiz.results(path)
    assert [mark for mark, _response in result.marks.values()].count("1") == 8
    assert result.waiting == 1
    for item in paper:
        for option in course[1][item].options.values():
            assert option.feedback in words(question(page, item))


@pytest.mark.parametrize("page_of", ["", "/check"])
def test_the_pages_of_a_running_attempt_have_none_of_the_keys_words(
    aminas_quiz: Quiz, course: Course, page_of: str
) -> None:
    path = aminas_quiz.start()
    html = aminas_quiz.browser.open(path + page_of).html
    assert not [one for one in secrets_of(course) if one in html]


def test_two_lines_with_one_place_are_told_and_nothing_is_lost(app: Flask, aminas_quiz: Quiz, course: Course) -> None:
    item = course[0][EXAMINED["ordering"]]
    path = aminas_quiz.start()
    given = dict(zip([option.id for option in item.options], ["2", "1", "2", ""], strict=True))
    page = aminas_quiz.browser.submit(
        aminas_quiz.browser.open(path), path, then=f"question-{item.id}", **fields_of(item, {**given})
    )
    assert "Two lines have the same place" in words(question(page, item.id))
    assert kept(app, item.id) == {option: place for option, place in given.items() if place}
    assert {name: shown for name, shown in values(page.form(path)).items() if item.id in name} == {
        f"answer-{item.id}.{option}": [place] for option, place in given.items()
    }
    assert "0 of 9 answered" in page.text
    assert "answered in part" in aminas_quiz.browser.open(path + "/check").text


def test_a_matching_with_one_side_chosen_is_kept_and_is_not_complete(
    app: Flask, aminas_quiz: Quiz, course: Course
) -> None:
    item, key = course[0][EXAMINED["matching"]], course[1][EXAMINED["matching"]]
    path = aminas_quiz.start()
    first = item.options[0].id
    page = aminas_quiz.browser.submit(
        aminas_quiz.browser.open(path), path, **{f"answer-{item.id}.{first}": key.matches[first]}
    )
    assert kept(app, item.id) == {first: key.matches[first]}
    assert "0 of 9 answered" in page.text
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].marks[item.id][0] == "1/3"


def test_words_where_a_number_is_asked_for_are_told_and_the_other_answers_are_kept(
    app: Flask, aminas_quiz: Quiz, course: Course
) -> None:
    numeric, single = course[0][EXAMINED["numeric"]], course[0][EXAMINED["single-choice"]]
    path = aminas_quiz.start()
    place = aminas_quiz.attempt(path).paper.index(numeric.id) + 1
    page = aminas_quiz.browser.submit(
        aminas_quiz.browser.open(path),
        path,
        then="check",
        **{f"answer-{numeric.id}": "a lot", f"answer-{single.id}": single.options[0].id},
    )
    assert f"Question {place}: “a lot” is not one number." in page.text
    assert page.heading != "Check before you submit"
    assert kept(app, single.id) == single.options[0].id
    assert kept(app, numeric.id) is None


@pytest.mark.parametrize(("written", "number"), [("1 250", "1250"), ("١٢٥٠", "1250"), ("1250,4 litres", "1250.4")])
def test_a_number_may_be_written_as_people_write_it(app: Flask, aminas_quiz: Quiz, written: str, number: str) -> None:
    item = EXAMINED["numeric"]
    path = aminas_quiz.start()
    aminas_quiz.save(path, {item: written})
    assert kept(app, item) == number
    page = aminas_quiz.browser.submit(aminas_quiz.browser.open(path), path)
    assert "is not one number" not in page.text
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].marks[item][0] == "1"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("numeric", "a lot"),
        ("numeric", "1,250"),
        ("matching", {"zzzzzzzz": "yyyyyyyy"}),
        ("ordering", {"zzzzzzzz": "1"}),
        ("short-answer", {"text": "x" * 2001}),
        ("short-answer", {"text": "mine", "model": "yours"}),
    ],
)
def test_a_script_cannot_save_what_is_no_answer(app: Flask, aminas_quiz: Quiz, kind: str, answer: Any) -> None:
    path = aminas_quiz.start()
    assert set(aminas_quiz.save(path, {EXAMINED[kind]: answer}).values()) == {"refused"}
    assert kept(app, EXAMINED[kind]) is None


def test_a_long_text_is_told_and_the_page_keeps_the_earlier_one(app: Flask, aminas_quiz: Quiz) -> None:
    item = EXAMINED["short-answer"]
    path = aminas_quiz.start()
    aminas_quiz.save(path, {item: {"text": "Short."}})
    page = aminas_quiz.browser.submit(aminas_quiz.browser.open(path), path, **{f"answer-{item}": "x" * 2001})
    assert "This text is longer than 2,000 characters. Shorten it." in page.text
    assert kept(app, item) == {"text": "Short."}


def test_a_number_that_was_expected_is_met_in_the_review(aminas_quiz: Quiz) -> None:
    item = EXAMINED["numeric"]
    path = aminas_quiz.start()
    aminas_quiz.save(path, {item: "125"})
    page = aminas_quiz.submit(path)
    asked = words(question(page, item))
    assert "You wrote 125." in asked and "1,250 litres" in asked
    assert "This is the number that you wrote, but it is not right. Taught about a missing zero." in asked


def test_what_was_written_is_text_and_nothing_else(aminas_quiz: Quiz) -> None:
    item = EXAMINED["short-answer"]
    path = aminas_quiz.start()
    aminas_quiz.save(path, {item: {"text": "<b>bold</b>\nsecond line"}})
    assert "&lt;b&gt;bold&lt;/b&gt;" in aminas_quiz.browser.open(path).html
    page = aminas_quiz.submit(path)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.html and "An early report gives the mission time" in page.text


def test_the_quiz_says_before_the_start_how_its_kinds_of_question_are_scored(aminas_quiz: Quiz, course: Course) -> None:
    text = aminas_quiz.browser.open(aminas_quiz.intro).text
    for said in (
        "the right one gives the mark",
        "the share of the right choices that you found, times",
        "half a mark is for that",
        "each right pair gives its share",
        "put lines in order",
        "the nearer each line is to its right place",
        "the right number gives the mark",
        "your trainer reads your answer and marks it",
    ):
        assert said in text
    assert "a wrong choice takes away from the right ones" not in text


# --- A lesson's check


def check_of(amina: Browser, world: World) -> Page:
    return amina.open(f"/modules/{world.assignment}/lessons/{LESSON}")


def practise(amina: Browser, world: World, item: Item, answer: Answer, **more: Any) -> Page:
    page = check_of(amina, world)
    form = next(f for f in page.root.iter("form") if any(e.get("value") == item.id for e in f.iter("button")))
    sent: dict[str, Any] = values(form) | fields_of(item, answer) | more | {"question": item.id}
    return Page(amina.client.post(form.get("action", ""), data=sent, follow_redirects=True))


@pytest.mark.parametrize("kind", PRACTISED)
def test_a_question_of_the_check_teaches_after_the_answer_and_not_before(
    amina: Browser, world: World, course: Course, kind: str
) -> None:
    item, key = course[0][PRACTISED[kind]], course[1][PRACTISED[kind]]
    before = check_of(amina, world)
    assert not [one for one in secrets_of(course) if one in before.html]
    after = question(practise(amina, world, item, perfect(item, key)), item.id)
    for option in key.options.values():
        assert option.feedback in words(after)
    if kind != "short-answer":
        assert "Right." in words(after)


def test_amina_writes_compares_and_marks_her_own_words_without_a_script(
    app: Flask, amina: Browser, world: World, course: Course
) -> None:
    item, key = course[0][PRACTISED["short-answer"]], course[1][PRACTISED["short-answer"]]
    page = practise(amina, world, item, {"text": "So that there is time."})
    asked = question(page, item.id)
    assert "An early report gives the mission time" in words(asked)
    assert "Key ideas in your answer" not in words(asked)
    idea = next(name for name, one in key.options.items() if one.text == "It gives the mission time")
    page = practise(amina, world, item, {"text": "So that there is time."}, **{f"answer-{item.id}.ideas": [idea]})
    assert "Key ideas in your answer: 1 of 2." in words(question(page, item.id))
    assert values(page.form("check"))  # it can be done again
    with app.app_context():
        done = db.session.execute(sa.select(LessonEvent.answer, LessonEvent.mark).order_by(LessonEvent.at)).all()
    assert [tuple(row) for row in done] == [
        ({"text": "So that there is time."}, None),
        ({"text": "So that there is time.", "ideas": [idea]}, Fraction(1, 2)),
    ]


def test_who_finds_no_idea_in_their_words_can_say_so(app: Flask, amina: Browser, world: World, course: Course) -> None:
    item = course[0][PRACTISED["short-answer"]]
    practise(amina, world, item, {"text": "I do not know."})
    page = practise(amina, world, item, {"text": "I do not know."})
    assert "Key ideas in your answer: 0 of 2." in words(question(page, item.id))


def test_what_amina_wrote_is_not_on_brunos_page(amina: Browser, world: World, course: Course, browse: Browse) -> None:
    item = course[0][PRACTISED["short-answer"]]
    practise(amina, world, item, {"text": "A very own sentence."})
    assert "A very own sentence." in check_of(amina, world).html
    assert "A very own sentence." not in check_of(browse(world.bruno), world).html


def test_words_where_a_number_is_asked_for_are_told_in_the_check_too(
    amina: Browser, world: World, course: Course
) -> None:
    item = course[0][PRACTISED["numeric"]]
    page = practise(amina, world, item, "a lot")
    assert page.status == 422 and "“a lot” is not one number." in page.text


def test_the_same_press_twice_is_one_answer(app: Flask, amina: Browser, world: World, course: Course) -> None:
    item, key = course[0][PRACTISED["ranking"]], course[1][PRACTISED["ranking"]]
    event = str(uuid.uuid4())
    for _press in range(2):
        practise(amina, world, item, perfect(item, key), event=event)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(LessonEvent.id))) == 1
