"""The rules of a quiz as Amina meets them: when she may start, how long she has, what she sees afterwards."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import MODULE, QUESTIONS, course_files, second_module
from tests.learning.conftest import Quiz
from tests.pages import Browser, Page
from tests.people import NOW, World, assign
from training import closing, keeper
from training.curriculum import bank_of, module_of, versions_of
from training.db import db, now
from training.keys import key_of, key_with
from training.learning import answers, attempts
from training.models import Allowance, Assignment, Attempt, Cohort, Event, Heartbeat, Outage, Result
from training.publishing.publish import publish_course
from training.recompute import compared
from training.rules import time_of

Browse = Callable[..., Browser]
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def set_rules(app: Flask, world: World) -> Callable[..., None]:
    """set_rules(minutes=30): what Tariq set for the quiz."""

    def change(assessment: str = "quiz", **rules: Any) -> None:
        with app.app_context():
            db.session.get_one(Assignment, world.assignment).rules = {assessment: rules}
            db.session.commit()

    return change


@pytest.fixture
def allow(app: Flask, world: World) -> Callable[..., None]:
    """allow(extra_minutes=15): what Tariq allows Amina."""

    def grant(at: datetime | None = None, reason: str = "reads in a third language", **more: Any) -> None:
        with app.app_context():
            db.session.add(
                Allowance(
                    assignment_id=world.assignment,
                    user_id=world.amina,
                    assessment="quiz",
                    reason=reason,
                    granted_by=world.tariq,
                    granted_at=at or now(),
                    **more,
                )
            )
            db.session.commit()

    return grant


@pytest.fixture
def begun(app: Flask, world: World) -> Callable[..., str]:
    """begun(31 * MINUTE): the path of an attempt that Amina began so long ago."""

    def begin(ago: timedelta, person: uuid.UUID | None = None) -> str:
        with app.app_context():
            assignment = db.session.get_one(Assignment, world.assignment)
            quiz = module_of(assignment.module_version_id).assessment_by_id["quiz"]
            attempt = attempts.start(person or world.amina, assignment, quiz, device="phone", seed=1, at=now() - ago)
            db.session.commit()
            return f"/attempts/{attempt.id}"

    return begin


def id_in(path: str) -> uuid.UUID:
    return uuid.UUID(path.split("/")[2])


def results(app: Flask) -> list[tuple[str, Fraction]]:
    with app.app_context():
        return [(one.reason, one.score) for one in db.session.scalars(sa.select(Result).order_by(Result.marked_at))]


def log_agrees(app: Flask) -> bool:
    """Whether the log gives every result again."""
    with app.app_context():
        return not [one for one in compared() if one.differences]


# Starting


def test_every_rule_is_said_before_the_start(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None], allow: Callable[..., None]
) -> None:
    due = datetime(2031, 5, 6, 23, 59, 59, tzinfo=UTC)
    set_rules(minutes=30, attempts=2, wait_hours=24, outage_minutes=15, review="after-due", due_at=due.isoformat())
    text = aminas_quiz.browser.open(aminas_quiz.intro).text
    for words in (
        "3 questions.",
        "You pass with 75 % of the marks.",
        "You have 30 minutes from the start.",
        "the quiz is submitted by itself, with the answers that you gave",
        "you get the time back, but not more than 15 minutes",
        "Attempts left: 2.",
        "Between two attempts you wait 24 hours.",
        "It is to be done by 6 May 2031, 23:59 UTC.",
        "You see the right answers when that day is over; from then on nobody can start any more.",
    ):
        assert words in text, words
    assert "red lines" not in text
    allow(extra_minutes=15, extra_attempts=1)
    text = aminas_quiz.browser.open(aminas_quiz.intro).text
    assert "Your trainer has allowed this for you: 15 more minutes. 1 more attempt." in text
    assert "The reason: reads in a third language" in text
    assert "You have 45 minutes" in text and "Attempts left: 3." in text


def test_a_quiz_that_is_not_open_yet_says_when_it_opens_and_does_not_start(
    aminas_quiz: Quiz, set_rules: Callable[..., None]
) -> None:
    set_rules(opens_at="2031-05-06T00:00:00Z")
    page = aminas_quiz.browser.open(aminas_quiz.intro)
    assert "It opens on 6 May 2031, 00:00 UTC." in page.text
    assert not [form for form in page.all("form") if "start" in form.get("action", "")]
    refused = aminas_quiz.browser.post(aminas_quiz.intro + "/start")
    assert refused.status == 409 and "It opens on 6 May 2031" in refused.text


def test_a_refusal_speaks_the_language_of_the_person(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None]
) -> None:
    set_rules(attempts=1)
    aminas_quiz.submit(aminas_quiz.start())
    with app.app_context():
        db.session.execute(sa.text("UPDATE user_account SET language = 'fr'"))
        db.session.commit()
    refused = aminas_quiz.browser.post(aminas_quiz.intro + "/start")
    assert refused.status == 409 and "used all your attempts" not in refused.text
    assert "tentatives" in refused.text


def test_between_two_attempts_amina_waits(aminas_quiz: Quiz, set_rules: Callable[..., None]) -> None:
    set_rules(wait_hours=24)
    aminas_quiz.submit(aminas_quiz.start())
    assert "You can start again on" in aminas_quiz.browser.open(aminas_quiz.intro).text
    assert aminas_quiz.browser.post(aminas_quiz.intro + "/start").status == 409
    set_rules(wait_hours=0)
    assert aminas_quiz.start()


def test_one_more_attempt_is_for_amina_only(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None], allow: Callable[..., None]
) -> None:
    set_rules(attempts=1)
    brunos = Quiz(app, world, Browser(app, world.bruno))
    for quiz in (aminas_quiz, brunos):
        quiz.submit(quiz.start())
    allow(extra_attempts=1)
    aminas_quiz.submit(aminas_quiz.start())
    assert aminas_quiz.browser.post(aminas_quiz.intro + "/start").status == 409
    assert brunos.browser.post(brunos.intro + "/start").status == 409


# The time


@pytest.mark.parametrize(
    ("after_the_end", "verdict", "reason"),
    [
        (-1, "saved", "submitted"),
        (0, "saved", "time is up"),
        (60, "saved", "time is up"),
        (61, "late", "time is up"),
    ],
)
def test_an_answer_counts_until_the_end_and_the_minute_of_grace(
    app: Flask,
    aminas_quiz: Quiz,
    begun: Callable[..., str],
    set_rules: Callable[..., None],
    after_the_end: int,
    verdict: str,
    reason: str,
) -> None:
    set_rules(minutes=30)
    path = begun(timedelta(0))
    item, right = next(iter(aminas_quiz.answers(path).items()))
    with app.app_context():
        attempt = db.session.get_one(Attempt, id_in(path))
        at = time_of(attempt).end + after_the_end * SECOND
        given = answers.Given(uuid.uuid4(), item, right, 1)
        assert answers.record(attempt, [given], at=at) == {given.id: verdict}
        closing.submit(attempt, at=at)
        db.session.commit()
    assert results(app) == [(reason, Fraction(verdict == "saved", 3))]
    assert log_agrees(app)


def test_the_page_has_the_end_and_the_seconds_that_are_left_by_the_servers_clock(
    aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(10 * MINUTE)
    aminas_quiz.start()  # takes it over
    page = aminas_quiz.browser.open(path)
    [shown] = page.all("p", "time-left")
    assert 19 * 60 < int(shown.get("data-seconds", "")) <= 20 * 60
    assert "Answers count until" in page.text
    asked = aminas_quiz.browser.get(str(shown.get("data-time"))).json
    assert 19 * 60 < asked["seconds"] <= 20 * 60


def test_without_a_limit_there_is_no_clock(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    assert not aminas_quiz.browser.open(path).all("p", "time-left")
    assert aminas_quiz.browser.get(path + "/time").json == {"seconds": None}


def test_after_the_end_the_page_shows_no_question_and_its_button_gives_the_result(
    aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(32 * MINUTE)
    for address in (path, path + "/check"):
        page = aminas_quiz.browser.open(address)
        assert "The time is up." in page.text and not page.all("fieldset")
    result = aminas_quiz.browser.submit(page, "submit")
    assert "The time was up. What you had answered by then was marked." in result.text


def test_the_page_that_submits_itself_at_the_end_brings_its_last_answers(
    app: Flask, aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(30 * MINUTE)
    page = Page(aminas_quiz.browser.client.get(path))
    aminas_quiz.start()
    page = aminas_quiz.browser.open(path)
    fields: dict[str, Any] = {}
    for item, answer in aminas_quiz.answers(path).items():
        if isinstance(answer, dict):
            fields |= {f"answer-{item}.claim": answer["claim"], f"answer-{item}": answer["reason"]}
        else:
            fields[f"answer-{item}"] = answer
    result = aminas_quiz.browser.submit(page, path, then="submit", **fields)
    assert "You passed." in result.text
    assert results(app) == [("time is up", Fraction(1))]


def test_whatever_comes_in_after_the_end_ends_the_attempt(
    app: Flask, aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(32 * MINUTE)
    assert set(aminas_quiz.save(path, aminas_quiz.answers(path)).values()) == {"late"}
    assert results(app) == [("time is up", 0)]
    assert "Your result" in aminas_quiz.browser.open(path).heading


def test_the_keeper_ends_what_is_over_and_nothing_else_and_twice_is_once(
    app: Flask,
    world: World,
    aminas_quiz: Quiz,
    begun: Callable[..., str],
    set_rules: Callable[..., None],
    allow: Callable[..., None],
) -> None:
    set_rules(minutes=30)
    over = begun(32 * MINUTE, world.bruno)
    begun(32 * MINUTE)  # Amina's
    allow(extra_minutes=15)
    item, right = next(iter(aminas_quiz.answers(over).items()))
    with app.app_context():
        attempt = db.session.get_one(Attempt, id_in(over))
        answers.record(attempt, [answers.Given(uuid.uuid4(), item, right, 1)], at=attempt.started_at)
        db.session.commit()
        assert closing.close_expired(at=now()) == 1
        assert closing.close_expired(at=now()) == 0
        assert closing.close_expired(at=now() + 15 * MINUTE) == 1
    assert results(app) == [("time is up", Fraction(1, 3)), ("time is up", 0)]
    assert log_agrees(app)


def test_the_same_is_done_from_the_command_line(
    app: Flask, world: World, begun: Callable[..., str], set_rules: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from training import cli

    set_rules(minutes=30)
    begun(32 * MINUTE)
    monkeypatch.setattr(cli, "create_app", lambda: app)
    assert CliRunner().invoke(cli.main, ["close"]).output == "Attempts closed: 1\n"
    assert CliRunner().invoke(cli.main, ["close"]).output == "Attempts closed: 0\n"


def test_minutes_that_are_given_while_an_attempt_runs_move_its_end_and_stay_given(
    app: Flask,
    aminas_quiz: Quiz,
    begun: Callable[..., str],
    set_rules: Callable[..., None],
    allow: Callable[..., None],
) -> None:
    set_rules(minutes=30)
    path = begun(32 * MINUTE)
    allow(extra_minutes=15)
    aminas_quiz.start()  # on another device: its answers have the second epoch
    assert "15 minutes were added by the trainer." in aminas_quiz.browser.open(path).text
    assert 12 * 60 < aminas_quiz.browser.get(path + "/time").json["seconds"] <= 13 * 60
    assert set(aminas_quiz.save(path, aminas_quiz.answers(path), epoch=2).values()) == {"saved"}
    allow(reason="given to the wrong person")
    assert aminas_quiz.browser.get(path + "/time").json["seconds"] > 12 * 60
    page = aminas_quiz.submit(path)
    assert "You passed." in page.text and "15 minutes were added by the trainer." in page.text
    allow(extra_minutes=60)  # too late for this one
    assert log_agrees(app)
    with app.app_context():
        assert time_of(db.session.get_one(Attempt, id_in(path))).extra_minutes == 15


def test_rules_that_change_meanwhile_leave_the_time_of_a_running_attempt(
    aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(10 * MINUTE)
    set_rules(minutes=5, grace_seconds=0)
    assert 19 * 60 < aminas_quiz.browser.get(path + "/time").json["seconds"] <= 20 * 60


# The server was down


def test_time_in_which_the_server_was_down_is_noted_once_and_given_back(
    app: Flask, world: World, aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30, outage_minutes=15)
    path, came_back = begun(31 * MINUTE), now() - 10 * MINUTE
    with app.app_context():
        keeper.beat(at=came_back - 180 * SECOND)
        keeper.beat(at=came_back)
        keeper.beat(at=came_back + 30 * SECOND)
        db.session.commit()
        [outage] = db.session.scalars(sa.select(Outage))
        assert (outage.began_at, outage.ended_at) == (came_back - 180 * SECOND, came_back)
        assert db.session.scalars(sa.select(Event.detail).where(Event.kind == "server-was-down")).all() == [
            {"seconds": 180}
        ]
        assert db.session.scalars(sa.select(Heartbeat.seen_at)).all() == [came_back + 30 * SECOND]
    aminas_quiz.start()
    words = "3 minutes were added because the server was down."
    assert words in aminas_quiz.browser.open(path).text
    assert set(aminas_quiz.save(path, aminas_quiz.answers(path), epoch=2).values()) == {"saved"}
    assert words in aminas_quiz.submit(path).text
    tariqs = f"/cohorts/{world.tariqs_cohort}/people/{world.amina}{path}"
    assert words in Browser(app, world.tariq).open(tariqs).text
    assert log_agrees(app)


def test_a_server_that_was_always_there_has_no_outage(app: Flask) -> None:
    with app.app_context():
        for seconds in (0, 30, 119, 60):  # the last one is a clock that was set back
            keeper.beat(at=NOW + seconds * SECOND)
        db.session.commit()
        assert not db.session.scalars(sa.select(Outage)).all()
        assert db.session.scalars(sa.select(Heartbeat.seen_at)).all() == [NOW + 119 * SECOND]


def test_the_keepers_round_does_both(app: Flask, begun: Callable[..., str], set_rules: Callable[..., None]) -> None:
    set_rules(minutes=30)
    begun(32 * MINUTE)

    class OneRound:
        """Stops the keeper when it wants to wait."""

        def __init__(self) -> None:
            self.waited = False

        def is_set(self) -> bool:
            return self.waited

        def wait(self, seconds: float) -> None:
            self.waited = True

    keeper.keep(app, OneRound())  # type: ignore[arg-type]
    assert results(app) == [("time is up", 0)]
    with app.app_context():
        assert now() - db.session.scalars(sa.select(Heartbeat.seen_at)).one() < MINUTE


# What is shown afterwards


def secrets_of(app: Flask, path: str) -> dict[str, list[str]]:
    """By item of the paper: its texts, and what teaches about them."""
    with app.app_context():
        attempt = db.session.get_one(Attempt, id_in(path))
        items, key = bank_of(attempt).item_by_id, key_of(attempt.module_version_id)
        return {
            name: [items[name].stem, *(one.text for one in items[name].options)]
            + [one.feedback for one in key[name].options.values()]
            for name in attempt.paper
        }


def everything_that_amina_sees(quiz: Quiz, path: str) -> str:
    """Every byte: pages, what they link to, headers."""
    seen, waiting, pages = "", [path, path + "/check", path + "/result", quiz.intro, "/"], set[str]()
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in pages or not address.startswith("/") or address.startswith(("/static/", "/account")):
            continue
        pages.add(address)
        page = quiz.browser.get(address)
        seen += page.html + str(page.response.headers)
        waiting += page.links() + ([str(page.response.location)] if page.response.location else [])
    assert len(pages) > 8
    return seen


def test_where_only_marks_are_shown_no_question_and_no_key_is_in_any_byte(
    app: Flask, aminas_quiz: Quiz, set_rules: Callable[..., None]
) -> None:
    set_rules(review="marks")
    path = aminas_quiz.start()
    secret = secrets_of(app, path)
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    page = aminas_quiz.submit(path)
    assert "Marks for each objective" in page.text and "You did not pass this time." in page.text
    assert "The questions and the right answers of this test are not shown." in page.text
    assert "What protection of civilians is" in page.text.split("Read again")[1]
    seen = everything_that_amina_sees(aminas_quiz, path)
    assert not [words for texts in secret.values() for words in texts if words in seen]
    assert not [name for name in secret if name in seen]
    set_rules(review="feedback")
    shown = aminas_quiz.browser.open(path + "/result").html
    assert all(words in shown for texts in secret.values() for words in texts)


def test_feedback_that_waits_for_the_last_day_is_shown_when_that_is_over_and_then_nobody_starts(
    app: Flask, aminas_quiz: Quiz, set_rules: Callable[..., None], allow: Callable[..., None]
) -> None:
    set_rules(review="after-due", due_at=(now() + MINUTE).isoformat())
    path = aminas_quiz.start()
    secret = secrets_of(app, path)
    page = aminas_quiz.submit(path)
    assert "You see the questions and the right answers here after" in page.text
    assert not [words for texts in secret.values() for words in texts if words in page.html]
    set_rules(review="after-due", due_at=(now() - MINUTE).isoformat())
    shown = aminas_quiz.browser.open(path + "/result").html
    assert all(words in shown for texts in secret.values() for words in texts)
    refused = aminas_quiz.browser.post(aminas_quiz.intro + "/start")
    assert refused.status == 409 and "The last day is over" in refused.text
    allow(due_at=now() + MINUTE)
    assert not [
        words for words in secret[next(iter(secret))] if words in aminas_quiz.browser.open(path + "/result").html
    ]


def test_a_trainer_always_sees_everything(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None]
) -> None:
    set_rules(review="marks")
    path = aminas_quiz.start()
    secret = secrets_of(app, path)
    aminas_quiz.submit(path)
    page = Browser(app, world.tariq).open(f"/cohorts/{world.tariqs_cohort}/people/{world.amina}{path}")
    assert all(words in page.html for texts in secret.values() for words in texts)


# Due dates


def test_a_later_day_for_amina_is_hers_on_every_page(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None], allow: Callable[..., None]
) -> None:
    set_rules(due_at="2026-11-01T23:59:59Z")
    cohort = f"/cohorts/{world.tariqs_cohort}"
    tariq = Browser(app, world.tariq)
    assert "Overdue: 2" in tariq.open(cohort).text
    allow(due_at=datetime(2031, 5, 6, 23, 59, 59, tzinfo=UTC))
    assert "Overdue: 1" in tariq.open(cohort).text
    module = f"/modules/{world.assignment}"
    for browser, path in (
        (aminas_quiz.browser, module),
        (aminas_quiz.browser, "/"),
        (tariq, f"{cohort}/people/{world.amina}"),
    ):
        assert "6 May 2031" in browser.open(path).text
    assert "1 Nov 2026" in Browser(app, world.bruno).open(module).text


# Red lines


@pytest.fixture
def red_line(app: Flask, world: World) -> str:
    """The graded question of the second lesson's objective is a red line, and in every paper."""
    with app.app_context():
        files = course_files()
        path = next(name for name in files if name.endswith("02-see-it-early/questions.yaml"))
        text = files[path].replace("use: graded\n", "use: graded\n  red_line: true\n", 2)
        module = MODULE.replace("pass_mark: 75", "pass_mark: 60")
        _, [version] = publish_course(course_files(module=module, **{path: text}), by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    return "a2-"


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
    assert "See it early" in page.text.split("Read this again before your next attempt:")[1][:80]
    [result] = aminas_quiz.results(path)
    assert (result.passed, result.red_lines, result.score) == (False, [red], Fraction(2, 3))
    assert "not passed: red line" in aminas_quiz.browser.open(aminas_quiz.intro).text
    tariq, cohort = Browser(app, world.tariq), f"/cohorts/{world.tariqs_cohort}"
    assert "Failed: 1" in tariq.open(cohort).text
    assert "not passed: red line" in tariq.open(f"{cohort}/people/{world.amina}").text
    assert "A red-line question was not answered in full" in tariq.open(f"{cohort}/people/{world.amina}{path}").text
    assert log_agrees(app)


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


@pytest.fixture
def law(app: Flask, world: World) -> uuid.UUID:
    """A second module, with a test before and one after that draw from both modules; assigned to Tariq's cohort."""
    with app.app_context():
        _, [version] = publish_course(course_files(**second_module(EXAMS)), by=None, at=NOW)
        assignment = assign(version, db.session.get_one(Cohort, world.tariqs_cohort)).id
        db.session.commit()
    return assignment


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
    with app.app_context():
        db.session.get_one(Assignment, world.assignment).withdrawn_at = NOW
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
    assert "Before and after" not in before.submit(first).text
    second = after.start()
    assert not set(before.attempt(first).paper) & set(after.attempt(second).paper)
    after.save(second, dict(list(after.right_answers(second).items())[:2]))
    page = after.submit(second)
    assert "Before: 33 %. After: 66 %. Normalised gain: 50 %." in page.text
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
    before.submit(before.start())
    intro = after.browser.open(after.intro)
    with count_statements() as start:
        path = str(after.browser.submit(intro, "start", follow=False).response.location)
    token = {"X-CSRFToken": after.browser.csrf()}
    item, answer = next(iter(after.right_answers(path).items()))
    body = {"responses": [{"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}]}
    with count_statements() as save:
        assert after.browser.client.post(path + "/responses", json=body, headers=token).status_code == 200
    assert len(start) <= 9, start
    assert len(save) <= 5, save


# Many at once


def at_once(act: Callable[[int], Any], many: int = 12) -> list[Any]:
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(act, range(many)))


def test_many_starts_at_once_make_no_more_attempts_than_the_rules_allow_and_hold_the_break(
    app: Flask, world: World, aminas_quiz: Quiz, set_rules: Callable[..., None]
) -> None:
    set_rules(attempts=2, wait_hours=0)
    browsers = [Browser(app, world.amina) for _ in range(12)]
    tokens = [browser.csrf() for browser in browsers]

    def start_and_submit(number: int) -> set[int]:
        """Each device starts and submits three times."""
        statuses = set()
        for _turn in range(3):
            answer = browsers[number].client.post(aminas_quiz.intro + "/start", data={"csrf_token": tokens[number]})
            statuses.add(answer.status_code)
            if answer.status_code == 302:
                browsers[number].client.post(
                    str(answer.location) + "/submit", data={"csrf_token": tokens[number], "epoch": "999"}
                )
        return statuses

    assert set.union(*at_once(start_and_submit)) <= {302, 409}
    with app.app_context():
        numbers = db.session.scalars(sa.select(Attempt.number).order_by(Attempt.number)).all()
        assert numbers == [1, 2]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 2
    set_rules(attempts=0, wait_hours=24)
    assert set.union(*at_once(start_and_submit)) == {409}
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 2


def test_the_keeper_a_late_answer_and_a_submit_at_once_make_one_result(
    app: Flask, aminas_quiz: Quiz, begun: Callable[..., str], set_rules: Callable[..., None]
) -> None:
    set_rules(minutes=30)
    path = begun(32 * MINUTE)
    given = aminas_quiz.answers(path)
    browsers = [Browser(app, aminas_quiz.world.amina) for _ in range(12)]
    tokens = [browser.csrf() for browser in browsers]

    def act(number: int) -> int:
        if number % 3 == 0:
            with app.app_context():
                return closing.close_expired(at=now()) * 0 + 302
        if number % 3 == 1:
            return browsers[number].client.post(path + "/submit", data={"csrf_token": tokens[number]}).status_code
        body = {
            "responses": [
                {"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}
                for item, answer in given.items()
            ]
        }
        headers = {"X-CSRFToken": tokens[number]}
        return browsers[number].client.post(path + "/responses", json=body, headers=headers).status_code

    assert set(at_once(act)) <= {200, 302}
    assert results(app) == [("time is up", 0)]
    assert log_agrees(app)
