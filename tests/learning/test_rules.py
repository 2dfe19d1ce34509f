"""The rules of a quiz as Amina meets them: when she may start, and what she sees afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask

from tests.learning.conftest import MINUTE, Quiz, id_in
from tests.pages import Browser
from tests.people import World
from training.curriculum import bank_of
from training.db import db, now
from training.keys import key_of
from training.models import Attempt

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
