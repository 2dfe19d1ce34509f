"""Red lines, and tests that draw from several modules, before and after."""

import re
import uuid
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import MODULE, QUESTIONS, course_files, second_module
from tests.learning.conftest import Browse, Quiz, id_in, log_agrees
from tests.pages import Browser, words
from tests.people import NOW, World, assign, enrol, withdraw
from training.curriculum import bank_of, versions_of
from training.db import db
from training.keys import key_with
from training.models import Assignment, Attempt, Cohort, User
from training.publishing.publish import publish_course

# Red lines


@pytest.fixture
def red_line(app: Flask, world: World) -> str:
    """The graded question of the second lesson's objective is a red line, and in every paper."""
    draw_red_lines(app, world, MODULE.replace("pass_mark: 75", "pass_mark: 60"))
    return "a2-"


def draw_red_lines(app: Flask, world: World, module: str) -> None:
    """The cohort does *module*, in which two questions of the second lesson's objective are red lines."""
    with app.app_context():
        files = course_files()
        path = next(name for name in files if name.endswith("02-see-it-early/questions.yaml"))
        text = files[path].replace("use: graded\n", "use: graded\n  red_line: true\n", 2)
        _, [version] = publish_course(course_files(module=module, **{path: text}), by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()


def test_a_red_line_fails_a_quiz_that_would_pass_and_sends_amina_to_the_lesson(
    app: Flask, world: World, aminas_quiz: Quiz, red_line: str
) -> None:
    assert "Some questions can be red lines" in aminas_quiz.browser.open(aminas_quiz.intro).text
    path = aminas_quiz.start()
    right, wrong = aminas_quiz.answers(path), aminas_quiz.answers(path, right=False)
    [red] = [item for item in right if item.startswith(red_line)]
    aminas_quiz.save(path, right | {red: wrong[red]})
    page = aminas_quiz.submit(path)
    assert "You did not pass this time." in page.text and "66 %" in page.text
    assert "You did not give the full answer to a red-line question." in page.text
    [marked] = [one for one in page.all("div", "asked") if "Red line" in words(one)]
    assert marked.get("id") == f"question-{red}"
    assert "See it early" in page.text.split("Read this again before your next attempt:")[1][:80]
    [result] = aminas_quiz.results(path)
    assert (result.passed, result.red_lines, result.score) == (False, [red], Fraction(2, 3))
    assert "not passed: red line" in aminas_quiz.browser.open(aminas_quiz.intro).text
    module = aminas_quiz.browser.open(f"/modules/{aminas_quiz.assignment}")
    assert "Module quiz Failed Red line 3 questions." in module.text
    tariq, cohort = Browser(app, world.tariq), f"/cohorts/{world.tariqs_cohort}"
    assert "Failed: 1" in tariq.open(cohort).text
    assert "not passed: red line" in tariq.open(f"{cohort}/people/{world.amina}").text
    assert "A red-line question was not answered in full" in tariq.open(f"{cohort}/people/{world.amina}{path}").text
    assert log_agrees(app)


def test_who_cannot_try_again_reads_of_no_next_attempt(
    app: Flask, world: World, aminas_quiz: Quiz, red_line: str
) -> None:
    path = aminas_quiz.start()
    aminas_quiz.submit(path)
    withdraw(app, world.assignment)
    page = aminas_quiz.browser.open(f"{path}/result")
    assert "Read this again: See it early" in page.text and "next attempt" not in page.text


def test_amina_reads_how_many_red_lines_she_crossed(app: Flask, world: World, aminas_quiz: Quiz) -> None:
    draw_red_lines(
        app,
        world,
        MODULE.replace("[A1.1], count: 2", "[A1.1], count: 1").replace("[A1.2], count: 1", "[A1.2], count: 2"),
    )
    page = aminas_quiz.submit(aminas_quiz.start())
    assert "You did not give the full answer to 2 red-line questions. Red lines are rules" in page.text


def test_who_answers_the_red_lines_in_full_passes(aminas_quiz: Quiz, red_line: str) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, {item: answer for item, answer in aminas_quiz.answers(path).items() if item != "a1-04"})
    page = aminas_quiz.submit(path)
    assert "red-line" not in page.text


# Tests of several modules, before and after

EXAMS = """\
  - id: before
    title: Test before
    kind: pre-test
    attempts: 1
    review: marks
    draw:
      - {objectives: [A1.1], count: 2, module: protection-of-civilians}
      - {objectives: [B1.2], count: 1}
  - id: after
    title: Test after
    kind: post-test
    attempts: 1
    minutes: 30
    outage_minutes: 10
    parallel_to: before
    draw:
      - {objectives: [A1.1], count: 2, module: protection-of-civilians}
      - {objectives: [B1.2], count: 1}
"""


def assign_exams(app: Flask, world: World) -> uuid.UUID:
    """A second module, with a test before and one after that draw from both modules; assigned to Tariq's cohort."""
    with app.app_context():
        _, [version] = publish_course(course_files(**second_module(EXAMS)), by=None, at=NOW)
        assignment = assign(version, db.session.get_one(Cohort, world.tariqs_cohort)).id
        db.session.commit()
    return assignment


@pytest.fixture
def law(app: Flask, world: World) -> uuid.UUID:
    return assign_exams(app, world)


class Exam(Quiz):
    """An assessment of the second module."""

    name = "before"

    @property
    def intro(self) -> str:
        return f"/modules/{self.assignment}/quizzes/{self.name}"

    def right_answers(self, path: str) -> dict[str, Any]:
        with self.app.app_context():
            attempt = db.session.get_one(Attempt, id_in(path))
            items, key = bank_of(attempt).item_by_id, key_with(versions_of(attempt), ())
        given: dict[str, Any] = {}
        for name in attempt.paper:
            chosen = sorted(key[name].correct)
            kind = items[name].type
            given[name] = chosen[0] if kind == "single-choice" else chosen
            if kind == "true-false":
                given[name] = {"claim": str(key[name].claim).lower(), "reason": chosen[0]}
        return given


@pytest.fixture
def before(app: Flask, world: World, browse: Browse, law: uuid.UUID) -> Exam:
    return Exam(app, world, browse(world.amina), law)


@pytest.fixture
def after(app: Flask, world: World, browse: Browse, law: uuid.UUID) -> Exam:
    exam = Exam(app, world, browse(world.amina), law)
    exam.name = "after"
    return exam


def test_a_paper_of_two_modules_pins_the_version_that_the_cohort_is_on(app: Flask, world: World, before: Exam) -> None:
    with app.app_context():  # a newer version of the first module, on which the cohort is not
        publish_course(course_files(module=MODULE.replace("Know the task", "Learn the task")), by=None, at=NOW)
        db.session.commit()
    path = before.start()
    attempt = before.attempt(path)
    assert attempt.pins == {"protection-of-civilians": str(world.version)}
    assert sorted(name[:2] for name in attempt.paper) == ["a1", "a1", "b2"]
    before.save(path, before.right_answers(path))
    shown = before.browser.open(path).html
    with app.app_context():  # the author takes a question away that stands in the paper
        publish_course(course_files(questions=QUESTIONS.replace("a1-0", "a1-4")), by=None, at=NOW)
        db.session.commit()
    assert without_token(before.browser.open(path).html) == without_token(shown)
    page = before.submit(path)
    assert "You have done this test." in page.text and "100 %" in page.text
    assert "This test only measures; there is no pass mark." in page.text
    assert log_agrees(app)


def without_token(html: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def test_where_the_cohort_does_not_have_the_other_module_its_newest_version_is_drawn_from(
    app: Flask, world: World, before: Exam
) -> None:
    withdraw(app, world.assignment)
    with app.app_context():
        _, [newest] = publish_course(course_files(module=MODULE.replace("Know", "Learn")), by=None, at=NOW)
        db.session.commit()
        newest_id = str(newest.id)
    assert before.attempt(before.start()).pins == {"protection-of-civilians": newest_id}


def test_a_test_whose_questions_are_gone_is_refused_with_a_sentence(app: Flask, world: World, before: Exam) -> None:
    with app.app_context():
        renamed = {path: text.replace("A1.1", "A1.9") for path, text in course_files().items()}
        _, [version] = publish_course(renamed, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    refused = before.browser.post(before.intro + "/start")
    assert refused.status == 409 and "too few questions" in refused.text


def test_the_test_after_avoids_what_amina_met_before_and_shows_what_she_has_won(
    app: Flask, world: World, before: Exam, after: Exam
) -> None:
    first = before.start()
    before.save(first, dict(list(before.right_answers(first).items())[:1]))
    measured = before.submit(first).text
    assert "Before and after" not in measured
    assert "Lessons to read" in measured and "Read again" not in measured, "nothing was read before it"
    second = after.start()
    assert not set(before.attempt(first).paper) & set(after.attempt(second).paper)
    after.save(second, dict(list(after.right_answers(second).items())[:2]))
    page = after.submit(second)
    assert "Before: 33 %. After: 66 %. Normalised gain: 50 %." in page.text
    text = page.text.split("Marks for each objective")[1]
    assert "All marks: 1 of 2" in text, "what is missing stands first, the rest is folded away"
    report = Browser(app, world.tariq).open(f"/cohorts/{world.tariqs_cohort}/people/{world.amina}{second}")
    assert "Normalised gain: 50 %." in report.text
    for text in (page.text, report.text):
        assert "Law and protection of civilians" in text.split("Before and after")[1]


def test_the_first_thing_to_do_is_the_test_before_and_the_module_is_passed_with_the_one_after(
    app: Flask, world: World, before: Exam, after: Exam
) -> None:
    module = f"/modules/{before.assignment}"
    assert "Before you read: take this test with 3 questions." in before.browser.open(module).text
    before.submit(before.start())
    assert "Before you read" not in before.browser.open(module).text
    after.submit(after.start())
    assert "Passed" in before.browser.open(module).text


def test_a_test_of_two_modules_costs_few_statements_too(after: Exam, before: Exam, count_statements: Any) -> None:
    """At most two more than a quiz of one module and its clock: the test before, and where the lessons are read."""
    before.submit(before.start())
    intro = after.browser.open(after.intro)
    with count_statements() as start:
        path = str(after.browser.submit(intro, "start", follow=False).response.location)
    token = {"X-CSRFToken": after.browser.csrf()}
    item, answer = next(iter(after.right_answers(path).items()))
    body = {"responses": [{"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}]}
    with count_statements() as save:
        assert after.browser.client.post(path + "/responses", json=body, headers=token).status_code == 200
    check = after.browser.open(path + "/check")
    with count_statements() as submit:
        after.browser.submit(check, "submit")
    assert len(start) <= 9, start
    assert len(save) <= 5, save
    with after.app.app_context():
        locks = 2 if db.engine.dialect.name == "postgresql" else 0
    assert len(submit) <= 14 + locks, submit


def test_a_lesson_of_another_module_is_read_again_where_that_module_is_assigned_to_amina(
    app: Flask, world: World, before: Exam
) -> None:
    path = before.start()
    page = before.submit(path)
    lesson = f"/modules/{world.assignment}/lessons/what-poc-is"
    assert lesson in page.links() and "Protection of civilians: What protection of civilians is" in page.text
    assert f"/modules/{before.assignment}/lessons/see-it-early" in page.links()
    assert before.browser.open(lesson).heading == "What protection of civilians is"
    withdraw(app, world.assignment)
    page = before.browser.open(path + "/result")
    assert lesson not in page.links() and "Protection of civilians: What protection of civilians is" in page.text


def test_a_module_of_another_cohort_of_amina_serves_as_well_and_one_of_a_stranger_does_not(
    app: Flask, world: World, before: Exam
) -> None:
    path = before.start()
    before.submit(path)
    withdraw(app, world.assignment)
    lesson = f"/modules/{world.lenas_assignment}/lessons/what-poc-is"
    assert lesson not in before.browser.open(path + "/result").links()
    with app.app_context():
        enrol(db.session.get_one(User, world.amina), db.session.get_one(Cohort, world.lenas_cohort))
        db.session.commit()
    assert lesson in before.browser.open(path + "/result").links()


def test_a_lesson_that_the_assigned_version_no_longer_has_is_named_only(app: Flask, world: World, before: Exam) -> None:
    path = before.start()
    before.submit(path)
    files = course_files(**second_module(EXAMS))
    with app.app_context():
        renamed = {name.replace("01-what-poc-is", "01-the-task"): text for name, text in files.items()}
        _, versions = publish_course(renamed, by=None, at=NOW)
        for version in versions:
            own = sa.select(Assignment).where(
                Assignment.module_slug == version.module_slug, Assignment.cohort_id == world.tariqs_cohort
            )
            db.session.scalars(own).one().module_version_id = version.id
        db.session.commit()
    page = before.browser.open(path + "/result")
    assert "What protection of civilians is" in page.text
    assert not [link for link in page.links() if "what-poc-is" in link]
