import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import GLOSSARY, MODULE, course_files
from tests.learning.conftest import Browse
from tests.pages import Browser, Page
from tests.people import World, withdraw
from training.db import db, now
from training.keys import key_of
from training.models import LessonEvent
from training.publishing.publish import publish_course

FIRST, SECOND = "what-poc-is", "see-it-early"


@pytest.fixture
def amina(world: World, browse: Browse) -> Browser:
    return browse(world.amina)


@pytest.fixture
def module(world: World) -> str:
    return f"/modules/{world.assignment}"


def right_option(app: Flask, world: World, item: str) -> str:
    with app.app_context():
        return min(key_of(world.version)[item].correct)


def events(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(sa.select(LessonEvent.lesson, LessonEvent.kind).order_by(LessonEvent.at))
        return [(lesson, kind) for lesson, kind in rows]


def test_the_dashboard_says_what_to_do_next_from_the_first_lesson_to_the_end(
    app: Flask, world: World, amina: Browser, module: str
) -> None:
    assert "Start this lesson" in amina.open("/").text
    page = amina.submit(amina.open(f"{module}/lessons/{FIRST}"), "finish")
    assert page.heading == "See it early"
    page = amina.submit(page, "finish")
    assert page.heading == "Protection of civilians"
    assert "Go to: Module quiz" in amina.open("/").text
    with app.app_context():
        assert events(app) == [(FIRST, "finished"), (SECOND, "finished")]


def test_a_new_person_is_told_how_to_join(app: Flask, world: World, browse: Browse) -> None:
    page = browse(world.ada).open("/")
    assert "Nothing is assigned to you yet" in page.text
    assert "/join" in page.links()


def test_reading_a_lesson_writes_nothing_until_its_script_says_so(app: Flask, amina: Browser, module: str) -> None:
    amina.open(f"{module}/lessons/{FIRST}")
    assert events(app) == []
    assert amina.post(f"{module}/lessons/{FIRST}/opened").status == 204
    assert events(app) == [(FIRST, "opened")]
    assert "begun" in amina.open(module).text


def test_an_answer_to_a_check_question_gets_feedback_and_its_source_at_once(
    app: Flask, world: World, amina: Browser, module: str
) -> None:
    page = amina.open(f"{module}/lessons/{FIRST}")
    assert "Paragraph 14 of resolution 1270 gave it this task." not in page.html
    page = amina.submit(page, "/check", question="a1-01", **{"answer-a1-01": right_option(app, world, "a1-01")})
    assert "Paragraph 14 of resolution 1270 gave it this task." in page.text
    assert "Show the source" in page.text
    assert "Security Council resolution 1270" in page.text


def test_the_pages_script_gets_the_question_alone(app: Flask, world: World, amina: Browser, module: str) -> None:
    data = {"csrf_token": amina.csrf(), "question": "a1-01", "answer-a1-01": right_option(app, world, "a1-01")}
    answer = amina.client.post(
        f"{module}/lessons/{FIRST}/check", data=data, headers={"Accept": "text/x-fragment"}
    ).get_data(as_text=True)
    assert "<html" not in answer
    assert "Paragraph 14 of resolution 1270 gave it this task." in answer


def test_the_same_press_sent_twice_is_one_event(app: Flask, world: World, amina: Browser, module: str) -> None:
    page = amina.open(f"{module}/lessons/{FIRST}")
    for _ in range(2):
        amina.submit(page, "/check", question="a1-01", **{"answer-a1-01": right_option(app, world, "a1-01")})
        amina.submit(page, "finish")
    assert sorted(events(app)) == [(FIRST, "finished"), (FIRST, "practised")]


def test_checking_without_a_choice_asks_for_one(amina: Browser, module: str) -> None:
    page = amina.submit(amina.open(f"{module}/lessons/{FIRST}"), "/check", question="a1-01")
    assert page.status == 422
    assert "Choose an answer first" in page.text


def test_a_graded_question_cannot_be_practised(app: Flask, amina: Browser, module: str) -> None:
    assert amina.post(f"{module}/lessons/{FIRST}/check", question="a1-04", **{"answer-a1-04": "x"}).status == 404
    assert events(app) == []


@pytest.mark.parametrize("path", ["/lessons/no-such", "/quizzes/no-such", "/lessons/../../etc"])
def test_what_is_not_there_is_404(amina: Browser, module: str, path: str) -> None:
    assert amina.get(module + path).status == 404


def test_chidi_and_a_trainer_who_is_no_trainee_cannot_read_the_assignment(
    world: World, browse: Browse, module: str
) -> None:
    for other in (world.chidi, world.tariq, world.lena):
        for path in ("", f"/lessons/{FIRST}"):
            assert browse(other).get(module + path).status == 404


def test_a_stranger_is_sent_to_sign_in_and_back(world: World, browse: Browse, module: str) -> None:
    page = browse().get(module)
    assert page.status == 302
    assert "/sign-in?next=" in str(page.response.location)


def test_a_withdrawn_assignment_is_gone_for_the_trainee(app: Flask, world: World, amina: Browser, module: str) -> None:
    withdraw(app, world.assignment)
    assert amina.get(module).status == 404
    assert "Nothing is assigned to you yet" in amina.open("/").text


def test_a_lesson_page_costs_four_statements_at_most_however_much_was_answered(
    app: Flask, world: World, amina: Browser, module: str, count_statements: Any
) -> None:
    path = f"{module}/lessons/{FIRST}"
    amina.open(path)  # the first visit reads the module once
    with count_statements() as few:
        amina.open(path)
    for _ in range(5):
        amina.submit(
            amina.open(path), "/check", question="a1-01", **{"answer-a1-01": right_option(app, world, "a1-01")}
        )
    with count_statements() as many:
        amina.open(path)
    assert len(few) == len(many) <= 4, many


def test_every_reference_and_every_term_of_a_lesson_leads_to_its_entry(amina: Browser, module: str) -> None:
    page: Page = amina.open(f"{module}/lessons/{FIRST}")
    assert [a for a in page.all("a") if a.get("data-source")]
    assert [a for a in page.all("a") if a.get("data-term")]  # Page.check has followed them all


def test_a_forged_event_id_changes_nothing_of_bruno(
    app: Flask, world: World, amina: Browser, browse: Browse, module: str
) -> None:
    event = str(uuid.uuid4())
    amina.post(f"{module}/lessons/{FIRST}/finish", event=event)
    browse(world.bruno).post(f"{module}/lessons/{FIRST}/finish", event=event)
    with app.app_context():
        owners = db.session.scalars(sa.select(LessonEvent.user_id)).all()
    assert owners == [world.amina]


def test_a_reader_chooses_whose_examples_the_lessons_show(world: World, amina: Browser, module: str) -> None:
    """The style sheet hides the others: the text is drawn once for all readers."""
    assert 'class="lesson"' in amina.open(f"{module}/lessons/{FIRST}").html
    amina.submit(amina.open("/account"), "/account", component="police")
    assert 'class="lesson for-police"' in amina.open(f"{module}/lessons/{FIRST}").html
    amina.submit(amina.open("/account"), "/account", component="")
    assert 'class="lesson"' in amina.open(f"{module}/lessons/{FIRST}").html


def test_every_word_of_the_course_stands_on_one_page_by_alphabet(amina: Browser) -> None:
    page = amina.open(next(link for link in amina.open("/").links() if link.endswith("/words")))
    assert page.heading == "Words of the course"
    assert page.text.index("mandate") < page.text.index("protection of civilians")
    assert [link for link in page.links() if link.startswith("#letter-")] == ["#letter-M", "#letter-P"]
    assert "The task that the Security Council gives to a mission." in page.text


def test_a_word_that_no_lesson_uses_yet_is_explained_as_well(app: Flask, amina: Browser) -> None:
    with app.app_context():
        more = GLOSSARY + "- id: quick-reaction-force\n  term: quick reaction force\n  definition: Soldiers who wait.\n"
        publish_course(
            course_files(glossary=more, module=MODULE.replace("Know the task", "Learn it")), by=None, at=now()
        )
        db.session.commit()
    assert "Soldiers who wait." in amina.open("/words").text
