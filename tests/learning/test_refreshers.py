"""Amina is asked the questions of her lessons again, before she forgets."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import QUESTIONS, SECOND_QUESTIONS, course_files, second_module
from tests.factories_types import PRACTISED, amiss, every_type, perfect
from tests.learning.conftest import Browse, Quiz, fields
from tests.pages import Browser, Page, words
from tests.people import NOW, World, assign, enrol, make_world, withdraw
from training.curriculum import module_of
from training.db import db, now
from training.keys import key_of
from training.learning import lessons
from training.models import Assignment, Cohort, Enrolment, LessonEvent, User
from training.publishing.publish import publish_course

LESSON, HER = "what-poc-is", "a1-01"
DAY = timedelta(days=1)
LAW_QUIZ = """\
  - id: quiz
    title: Law quiz
    pass_mark: 75
    draw:
      - {objectives: [B1.2], count: 1}
"""
Practise = Callable[..., None]


@pytest.fixture
def amina(world: World, browse: Browse) -> Browser:
    return browse(world.amina)


def answer_to(version: uuid.UUID, item: str, *, right: bool) -> Any:
    return (perfect if right else amiss)(module_of(version).item_by_id[item], key_of(version)[item])


@pytest.fixture
def practise(app: Flask, world: World) -> Practise:
    """practise("a1-01", ago=3 * DAY): Amina answered this question of a lesson so long ago."""

    def answer(
        *items: str,
        ago: timedelta,
        right: bool = True,
        person: uuid.UUID | None = None,
        assignment: uuid.UUID | None = None,
        **more: Any,
    ) -> None:
        with app.app_context():
            own = db.session.get_one(Assignment, assignment or world.assignment)
            for item in items:
                lessons.practise(
                    person or world.amina,
                    own,
                    module_of(own.module_version_id).item_by_id[item],
                    answer_to(own.module_version_id, item, right=right),
                    page=uuid.uuid4(),
                    at=now() - ago,
                    **more,
                )
            db.session.commit()

    return answer


@pytest.fixture
def law(app: Flask, world: World) -> uuid.UUID:
    """A second module of Tariq's cohort, with four practice questions more."""
    with app.app_context():
        _, [version] = publish_course(course_files(**second_module(LAW_QUIZ)), by=None, at=NOW)
        assignment = assign(version, db.session.get_one(Cohort, world.tariqs_cohort))
        db.session.commit()
        return assignment.id


def asked(page: Page) -> list[str]:
    """The ids of the questions that the page has, in its order."""
    return [one.get("id", "").removeprefix("question-") for one in page.all("div", "practice")]


def offer(page: Page) -> str | None:
    """The heading under which home offers questions to look at again; None where it has none to offer."""
    return next((words(heading) for heading in page.all("h2") if "to look at again" in words(heading)), None)


def check(app: Flask, world: World, amina: Browser, item: str = HER, *, right: bool = True) -> Page:
    """Answer the first question of the page with the form, as without a script."""
    with app.app_context():
        answer = answer_to(world.version, item, right=right)
    page = amina.open("/look-again")
    assert asked(page)[0] == item
    return amina.submit(page, "/look-again/", question=item, **fields(item, answer))


def test_three_days_after_a_right_answer_home_leads_amina_to_the_question(amina: Browser, practise: Practise) -> None:
    practise(HER, ago=3 * DAY)
    home = amina.open("/")
    assert offer(home) == "1 question to look at again" and "/look-again" in home.links()
    page = amina.open("/look-again")
    assert asked(page) == [HER]
    assert "This is practice: it never counts for a result." in page.text
    assert "What protection of civilians is" in page.text
    assert f"/modules/{page.form('/look-again/').get('action', '').split('/')[2]}/lessons/{LESSON}" in page.links()


def test_no_word_of_the_key_and_not_her_old_answer_is_there_before_she_answers(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise("a1-01", "a1-02", "a1-03", "a2-01", ago=30 * DAY)
    page = amina.open("/look-again")
    assert len(asked(page)) == 4
    with app.app_context():
        said = [one.feedback for key in key_of(world.version).values() for one in key.options.values()]
    assert len(said) > 20
    assert not [feedback for feedback in said if feedback in page.html]
    assert not [box for box in page.all("input") if box.get("checked") is not None]


def test_a_right_answer_teaches_says_when_it_comes_again_and_stands_in_the_lesson_too(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise(HER, ago=3 * DAY, right=False)
    page = check(app, world, amina)
    assert page.response.request.path == "/look-again"
    assert "Right." in page.text and "Paragraph 14 of resolution 1270 gave it this task." in page.text
    assert "You see this question again in 3 days." in page.text
    assert "That was the last question for now. The next one comes in 3 days." in page.text
    assert offer(amina.open("/")) is None
    assert "Right." in amina.open(f"/modules/{world.assignment}/lessons/{LESSON}").text
    with app.app_context():
        log = db.session.execute(sa.select(LessonEvent.kind, LessonEvent.mark).order_by(LessonEvent.at)).all()
    assert [tuple(one) for one in log] == [("practised", Fraction(0)), ("practised", Fraction(1))]


def test_what_amina_knew_for_longer_comes_again_later(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise(HER, ago=13 * DAY)
    practise(HER, ago=11 * DAY)
    page = check(app, world, amina)
    [number] = re.findall(r"You see this question again in (\d+) days\.", page.text)
    assert int(number) > 30


def test_a_wrong_answer_comes_again_on_the_same_day(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise(HER, ago=3 * DAY)
    page = check(app, world, amina, right=False)
    assert "Not right." in page.text and "Right, but not chosen." in page.text
    assert "You see this question again " in page.text
    assert asked(amina.open("/look-again")) == [], "not in the same minute"
    practise("a1-02", ago=timedelta(minutes=11), right=False)
    assert asked(amina.open("/look-again")) == ["a1-02"]


def test_what_was_right_just_now_is_not_asked_and_the_page_says_when(amina: Browser, practise: Practise) -> None:
    practise(HER, ago=timedelta())
    assert offer(amina.open("/")) is None
    page = amina.open("/look-again")
    assert asked(page) == []
    assert "There is no question to look at again now" in page.text
    assert "The next one comes in 2 days." in page.text


def test_a_right_guess_comes_tomorrow(amina: Browser, practise: Practise) -> None:
    practise(HER, ago=timedelta(), certainty="guess")
    assert "The next one comes tomorrow." in amina.open("/look-again").text


def test_who_has_answered_nothing_reads_where_the_questions_come_from(amina: Browser) -> None:
    page = amina.open("/look-again")
    assert asked(page) == []
    assert "When you answer questions in a lesson, they come back here some days later." in page.text


def test_five_are_asked_at_a_time_the_longest_due_first(amina: Browser, practise: Practise, law: uuid.UUID) -> None:
    for days, item in enumerate(("a2-01", "a1-03", "a1-01", "a1-02"), start=10):
        practise(item, ago=days * DAY)
    practise("b1-01", "b1-02", ago=20 * DAY, assignment=law)
    assert offer(amina.open("/")) == "6 questions to look at again"
    page = amina.open("/look-again")
    assert asked(page) == ["b1-01", "b1-02", "a1-02", "a1-01", "a1-03"]
    assert "5 of 6 questions" in page.text and "Show the next questions" in page.text


def test_the_pages_script_gets_the_question_alone_and_its_day(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise(HER, ago=3 * DAY, right=False)
    with app.app_context():
        given = fields(HER, answer_to(world.version, HER, right=True))
    got = amina.client.post(
        f"/look-again/{world.assignment}/{LESSON}",
        data={"csrf_token": amina.csrf(), "question": HER, **given},
        headers={"Accept": "text/x-fragment"},
    ).get_data(as_text=True)
    assert "<html" not in got
    assert "Paragraph 14 of resolution 1270 gave it this task." in got
    assert "You see this question again in 3 days." in got


def test_a_question_that_amina_did_not_answer_shows_nothing_when_it_is_named(amina: Browser) -> None:
    page = amina.open(f"/look-again?answered={HER}")
    assert asked(page) == [] and "Your answer" not in page.text


def test_a_graded_question_is_never_asked_here(world: World, amina: Browser) -> None:
    path = f"/look-again/{world.assignment}/{LESSON}"
    assert amina.post(path, question="a1-04", **{"answer-a1-04": "x"}).status == 404


def test_a_quiz_that_was_begun_stays_what_to_do_now(aminas_quiz: Quiz, practise: Practise) -> None:
    aminas_quiz.start()
    practise(HER, ago=3 * DAY)
    page = aminas_quiz.browser.open("/")
    assert page.text.index("Go on with the quiz") < page.text.index("1 question to look at again")


def test_a_withdrawn_module_and_an_ended_enrolment_hide_the_questions(
    app: Flask, world: World, amina: Browser, practise: Practise, law: uuid.UUID
) -> None:
    practise(HER, ago=3 * DAY)
    practise("b1-01", ago=3 * DAY, assignment=law)
    withdraw(app, law)
    assert asked(amina.open("/look-again")) == [HER]
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.amina).values(ended_at=now()))
        db.session.commit()
    assert asked(amina.open("/look-again")) == [] and offer(amina.open("/")) is None


def test_bruno_is_not_asked_what_amina_answered(world: World, browse: Browse, practise: Practise) -> None:
    practise(HER, ago=3 * DAY)
    practise("a1-02", ago=3 * DAY, person=world.bruno)
    assert asked(browse(world.bruno).open("/look-again")) == ["a1-02"]


def publish(app: Flask, world: World, **changes: str) -> None:
    """Tariq's cohort gets another version of the module."""
    with app.app_context():
        _, [version] = publish_course(course_files(**changes), by=None, at=now())
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()


def test_a_question_that_was_removed_is_not_asked_any_more(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise(HER, "a2-01", ago=3 * DAY)
    publish(app, world, second_questions=SECOND_QUESTIONS.replace("id: a2-01", "id: a2-09"))
    assert asked(amina.open("/look-again")) == [HER]


def test_a_question_whose_key_was_replaced_is_asked_at_once_and_anew(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    practise("a1-01", "a1-03", ago=timedelta(hours=1))
    assert asked(amina.open("/look-again")) == []
    publish(app, world, questions=QUESTIONS.replace("statement_is: false", "statement_is: true"))
    assert asked(amina.open("/look-again")) == ["a1-03"]
    practise("a1-03", ago=timedelta())
    assert asked(amina.open("/look-again")) == []
    assert "The next one comes in 2 days." in amina.open("/look-again").text


def test_who_has_a_module_in_two_cohorts_is_asked_once_by_what_was_answered_in_both(
    app: Flask, world: World, amina: Browser, practise: Practise
) -> None:
    with app.app_context():
        enrol(db.session.get_one(User, world.amina), db.session.get_one(Cohort, world.lenas_cohort))
        db.session.commit()
    practise(HER, ago=9 * DAY)
    assert asked(amina.open("/look-again")) == [HER]
    practise(HER, ago=timedelta(hours=1), assignment=world.lenas_assignment)
    assert asked(amina.open("/look-again")) == []


def test_a_written_answer_is_asked_again_by_what_amina_found_in_it(app: Flask, browse: Browse) -> None:
    world = make_world(app, every_type())
    item, path = PRACTISED["short-answer"], f"/look-again/{world.assignment}/{LESSON}"
    amina = browse(world.amina)
    amina.post(path, question=item, **{f"answer-{item}": "We listen to the people."})
    assert "When you answer questions in a lesson" in amina.open("/look-again").text, "nobody compared it yet"
    with app.app_context():
        ideas = sorted(key_of(world.version)[item].options)
    found = {f"answer-{item}": "We listen to the people.", f"answer-{item}.compared": "yes"}
    page = amina.post(path, follow=True, question=item, **found, **{f"answer-{item}.ideas": ideas})
    assert "You see this question again in 2 days." in page.text


def test_the_page_and_home_cost_the_same_statements_however_much_was_answered(
    app: Flask, world: World, amina: Browser, practise: Practise, count_statements: Any
) -> None:
    practise(HER, ago=30 * DAY)
    found = {}
    for turn in ("few", "many"):
        for path in ("/", "/look-again"):
            amina.open(path)
            with count_statements() as statements:
                amina.open(path)
            found[path, turn] = len(statements)
        practise("a1-01", "a1-02", "a1-03", "a2-01", ago=20 * DAY)
        practise("a1-01", "a1-02", ago=20 * DAY, person=world.bruno)
    assert found["/", "few"] == found["/", "many"] <= 8
    assert found["/look-again", "few"] == found["/look-again", "many"] <= 4
