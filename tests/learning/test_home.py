"""What Amina's home offers her to do now, and what it says of the things that she has to wait for."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import course_files, second_module
from tests.learning.conftest import Browse, Quiz, id_in
from tests.pages import Browser, Page, words
from tests.people import NOW, World, assign, enrol, withdraw
from training.db import db, now
from training.i18n import moment
from training.models import Assignment, Cohort, Result, User
from training.publishing.publish import publish_course

LAW_QUIZ = """\
  - id: quiz
    title: Law quiz
    pass_mark: 75
    draw:
      - {objectives: [B1.2], count: 1}
"""


class Home:
    def __init__(self, page: Page) -> None:
        self.text = page.text
        [self.next] = [one for one in page.all("section") if one.get("aria-labelledby") == "next-heading"]
        self.cards = [words(card) for card in page.all("li", "card")]

    @property
    def offer(self) -> str:
        return words(self.next)

    @property
    def links(self) -> list[str]:
        return [link.get("href", "") for link in self.next.iter("a")]


@pytest.fixture
def law(app: Flask, world: World) -> uuid.UUID:
    """A second module of Tariq's cohort, without a scenario: a day lies between two attempts at its quiz."""
    with app.app_context():
        _, [version] = publish_course(course_files(**second_module(LAW_QUIZ)), by=None, at=NOW)
        assignment = assign(version, db.session.get_one(Cohort, world.tariqs_cohort))
        assignment.rules = {"quiz": {"wait_hours": 24}}
        db.session.commit()
        return assignment.id


@pytest.fixture
def law_quiz(app: Flask, world: World, browse: Browse, law: uuid.UUID) -> Quiz:
    return Quiz(app, world, browse(world.amina), law)


def read_lessons(amina: Browser, assignment: uuid.UUID) -> None:
    for path in amina.open(f"/modules/{assignment}").links():
        if "/lessons/" in path:
            amina.submit(amina.open(path), "finish")


def fail(quiz: Quiz) -> str:
    """The path of an attempt that is not passed."""
    read_lessons(quiz.browser, quiz.assignment)
    path = quiz.start()
    quiz.submit(path)
    return path


def from_when(app: Flask, path: str) -> str:
    with app.test_request_context():
        ended = db.session.scalars(sa.select(Result.marked_at).where(Result.attempt_id == id_in(path))).one()
        return f"You can try again from {moment(ended + timedelta(hours=24)).striptags()}."


def test_between_two_attempts_home_says_from_when_and_offers_the_other_module(
    app: Flask, world: World, law_quiz: Quiz
) -> None:
    path = fail(law_quiz)
    home = Home(law_quiz.browser.open("/"))
    assert f"/modules/{world.assignment}/lessons/" in home.links[0]
    assert from_when(app, path) in home.cards[1]
    assert "You can try again" not in home.cards[0]
    assert law_quiz.intro not in home.links


def test_where_nothing_else_is_left_home_leads_to_what_amina_has_to_read_again(
    app: Flask, world: World, law_quiz: Quiz
) -> None:
    withdraw(app, world.assignment)
    path = fail(law_quiz)
    for page in ("/", f"/modules/{law_quiz.assignment}"):
        home = Home(law_quiz.browser.open(page))
        assert from_when(app, path) in home.offer and "What comes next" in home.offer
        assert home.links == [f"{path}/result"]
    assert "Read again" in law_quiz.browser.open(home.links[0]).text


def test_when_the_break_is_over_home_offers_the_quiz_again(app: Flask, world: World, law_quiz: Quiz) -> None:
    withdraw(app, world.assignment)
    path = fail(law_quiz)
    with app.app_context():
        db.session.get_one(Assignment, law_quiz.assignment).rules = {"quiz": {"wait_hours": 0}}
        db.session.commit()
    home = Home(law_quiz.browser.open("/"))
    assert "You can try again now." in home.offer
    assert home.links == [law_quiz.intro, f"{path}/result"], "and leads to what is to be read again"


def test_before_a_scenario_home_names_the_quiz_that_may_be_taken_without_it(
    app: Flask, world: World, browse: Browse
) -> None:
    quiz = Quiz(app, world, browse(world.amina))
    path = fail(quiz)
    home = Home(quiz.browser.open("/"))
    assert "Before “Module quiz” you can practise" in home.offer and "Go to: Module quiz" in home.offer
    assert home.links[1:] == [quiz.intro, f"{path}/result"]


def test_home_names_the_cohort_of_a_module_only_to_who_is_in_several(app: Flask, world: World, browse: Browse) -> None:
    name = "Lena's cohort"
    with app.app_context():
        lenas = db.session.get_one(Cohort, world.lenas_cohort)
        lenas.name, mine = name, db.session.get_one(Cohort, world.tariqs_cohort).name
        db.session.commit()
    amina = browse(world.amina)
    assert mine not in amina.open("/").text
    with app.app_context():
        enrol(db.session.get_one(User, world.amina), db.session.get_one(Cohort, world.lenas_cohort))
        db.session.commit()
    assert [mine in card or name in card for card in Home(amina.open("/")).cards] == [True, True]


def test_a_scenario_can_be_practised_while_the_quiz_has_to_wait(app: Flask, world: World, browse: Browse) -> None:
    quiz = Quiz(app, world, browse(world.amina))
    with app.app_context():
        db.session.get_one(Assignment, world.assignment).rules = {"quiz": {"wait_hours": 24}}
        db.session.commit()
    path = fail(quiz)
    home = Home(quiz.browser.open("/"))
    assert "Start this scenario" in home.offer and from_when(app, path) in home.offer
    assert quiz.intro not in home.links


def test_a_quiz_that_opens_later_says_when_and_the_lessons_can_be_read_again(
    app: Flask, world: World, law_quiz: Quiz
) -> None:
    withdraw(app, world.assignment)
    read_lessons(law_quiz.browser, law_quiz.assignment)
    opens = now() + timedelta(days=3)
    with app.app_context():
        db.session.get_one(Assignment, law_quiz.assignment).rules = {"quiz": {"opens_at": opens.isoformat()}}
        db.session.commit()
    home = Home(law_quiz.browser.open("/"))
    with app.test_request_context():
        assert f"The quiz opens on {moment(opens).striptags()}." in home.offer
    assert ["/lessons/" in link for link in home.links] == [True]


def test_a_module_that_opens_later_is_not_offered_and_its_day_stands_there(
    app: Flask, world: World, browse: Browse
) -> None:
    with app.app_context():
        db.session.get_one(Assignment, world.assignment).opens_at = now() + timedelta(days=400)
        db.session.commit()
    page = browse(world.amina).open("/")
    assert "There is nothing for you to do now." in page.text and "opens " in words(page.all("li", "card")[0])


def test_home_costs_the_same_statements_however_much_was_tried(
    app: Flask, world: World, law_quiz: Quiz, count_statements: Any
) -> None:
    law_quiz.browser.open("/")
    with count_statements() as few:
        law_quiz.browser.open("/")
    fail(law_quiz)
    with count_statements() as many:
        law_quiz.browser.open("/")
    assert len(many) == len(few) <= 8, many
