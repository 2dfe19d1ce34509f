"""Amina says how sure she is, and sees how often she was right. It changes no result, and nobody else sees it."""

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import MODULE, course_files
from tests.learning.conftest import Browse, Quiz, fields
from tests.people import NOW, World
from training.db import db
from training.keys import key_of
from training.models import Assignment, LessonEvent, Response
from training.publishing.publish import publish_course

PAGE = "/certainty"
LESSON = "what-poc-is"


@pytest.fixture
def asked(app: Flask, world: World, browse: Browse) -> Quiz:
    """Amina at a quiz that asks how sure she is."""
    with app.app_context():
        files = course_files(module=MODULE.replace("pass_mark: 75", "pass_mark: 75\n    certainty: true", 1))
        _course, [version] = publish_course(files, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    return Quiz(app, world, browse(world.amina))


def save(quiz: Quiz, path: str, answers: dict[str, Any], certainty: str) -> int:
    given = [
        {"id": str(uuid.uuid4()), "item": item, "answer": answer, "certainty": certainty, "sequence": n}
        for n, (item, answer) in enumerate(answers.items(), start=1)
    ]
    return quiz.browser.post_json(path + "/responses", {"responses": given}).status


def check(app: Flask, world: World, quiz: Quiz, item: str, *, right: bool, certainty: str | None) -> None:
    module = f"/modules/{world.assignment}/lessons/{LESSON}"
    with app.app_context():
        key = key_of(world.version)[item]
    chosen = sorted(key.correct if right else key.options.keys() - key.correct)[0]
    fields = {f"answer-{item}": chosen} | ({f"certainty-{item}": certainty} if certainty else {})
    quiz.browser.submit(quiz.browser.open(module), "/check", question=item, **fields)


def test_who_has_said_nothing_yet_is_told_where_to_say_it(aminas_quiz: Quiz) -> None:
    assert PAGE in aminas_quiz.browser.open("/").links()
    page = aminas_quiz.browser.open(PAGE)
    assert "Nothing to show yet" in page.text
    assert "Say how sure you are when you check your answer" in page.text


def test_a_lesson_asks_how_sure_one_is_and_the_first_answer_counts(app: Flask, world: World, aminas_quiz: Quiz) -> None:
    page = aminas_quiz.browser.open(f"/modules/{world.assignment}/lessons/{LESSON}")
    assert "How sure are you?" in page.text
    check(app, world, aminas_quiz, "a1-01", right=False, certainty="sure")
    check(app, world, aminas_quiz, "a1-01", right=True, certainty="sure")  # with the feedback in sight
    page = aminas_quiz.browser.open(PAGE)
    assert "When you said “sure”, you were right in 0 of 1." in page.text
    assert "Certainty marks: \u22126 of 3." in page.text
    with app.app_context():
        assert set(db.session.scalars(sa.select(LessonEvent.certainty))) == {"sure"}


def test_saying_nothing_is_as_good(app: Flask, world: World, aminas_quiz: Quiz) -> None:
    check(app, world, aminas_quiz, "a1-01", right=True, certainty=None)
    assert "Nothing to show yet" in aminas_quiz.browser.open(PAGE).text


def test_a_quiz_asks_only_where_its_author_wants_it(aminas_quiz: Quiz) -> None:
    assert "How sure are you?" not in aminas_quiz.browser.open(aminas_quiz.start()).text


def test_the_result_says_how_sure_she_was_and_the_score_does_not_change(
    app: Flask, world: World, asked: Quiz, browse: Browse
) -> None:
    path = asked.start()
    assert asked.browser.open(path).text.count("How sure are you?") == 3
    assert save(asked, path, asked.answers(path), "guess") == 200
    kept = [box for box in asked.browser.open(path).all("input") if box.get("name", "").startswith("certainty-")]
    assert [box.get("value") for box in kept if box.get("checked") is not None] == ["guess"] * 3
    page = asked.submit(path)
    assert "When you guessed, you were right in 3 of 3." in page.text
    assert "Certainty marks: 3 of 9." in page.text
    assert asked.results(path)[0].score == 1
    assert "When you guessed, you were right in 3 of 3." in asked.browser.open(PAGE).text
    trainers = f"/cohorts/{world.tariqs_cohort}/people/{world.amina}/attempts/{path.split('/')[2]}"
    assert "guessed" not in browse(world.tariq).open(trainers).text
    assert "Nothing to show yet" in browse(world.bruno).open(PAGE).text


def test_without_a_script_a_changed_certainty_is_an_answer_of_its_own(app: Flask, asked: Quiz) -> None:
    path = asked.start()
    item, answer = next(iter(asked.answers(path).items()))
    given = fields(item, answer) | {f"certainty-{item}": "guess"}
    page = asked.browser.submit(asked.browser.open(path), "/attempts/", **given)
    asked.browser.submit(page, "/attempts/", **{f"certainty-{item}": "sure"})
    with app.app_context():
        rows = db.session.execute(sa.select(Response.answer, Response.certainty).order_by(Response.sequence)).all()
    assert [tuple(row) for row in rows] == [(answer, "guess"), (answer, "sure")]


def test_a_certainty_without_an_answer_is_nothing(app: Flask, asked: Quiz) -> None:
    path = asked.start()
    item = next(iter(asked.answers(path)))
    asked.browser.submit(asked.browser.open(path), "/attempts/", **{f"certainty-{item}": "sure"})
    with app.app_context():
        assert not db.session.scalar(sa.select(sa.func.count()).select_from(Response))


def test_no_other_word_is_a_certainty(asked: Quiz) -> None:
    path = asked.start()
    assert save(asked, path, asked.answers(path), "certain") == 422


def test_it_is_told_too_where_the_questions_are_not_shown(app: Flask, world: World, asked: Quiz) -> None:
    """The marks of each objective tell more, and they are shown."""
    path = asked.start()
    save(asked, path, asked.answers(path), "sure")
    with app.app_context():
        db.session.get_one(Assignment, world.assignment).rules = {"quiz": {"review": "marks"}}
        db.session.commit()
    page = asked.submit(path)
    assert "Your answers" not in page.text
    assert "When you said “sure”, you were right in 3 of 3." in page.text
