"""Tariq changes the rules of a quiz for his cohort, and allows one person more."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.pages import Browser, values, words
from tests.people import World
from training.db import db
from training.models import Allowance, Assignment, Event


@pytest.fixture
def rules_page(home: str, world: World) -> str:
    return f"{home}/modules/{world.assignment}/rules/quiz"


@pytest.fixture
def allowance_page(home: str, world: World) -> str:
    return f"{home}/people/{world.amina}/allowances/{world.assignment}/quiz"


def stored(app: Flask, world: World) -> dict[str, object]:
    with app.app_context():
        return dict(db.session.get_one(Assignment, world.assignment).rules)


def test_a_form_that_is_left_as_it_is_changes_no_rule(
    app: Flask, world: World, tariq: Browser, home: str, rules_page: str
) -> None:
    assert rules_page in tariq.open(f"{home}/modules").links()
    page = tariq.open(rules_page)
    assert "Empty: as in the module, no limit." in page.text
    assert "In the module: the questions with the right answers, at once." in page.text
    assert "The rules are saved." in tariq.submit(page).text
    assert stored(app, world) == {}


def test_the_rules_that_tariq_sets_are_kept_shown_again_and_in_force(
    app: Flask,
    world: World,
    tariq: Browser,
    rules_page: str,
    browse: Callable[..., Browser],
    events: Callable[..., list[Event]],
) -> None:
    typed = {
        "opens_on": "2026-11-01",
        "due_on": "2031-05-06",
        "attempts": "2",
        "wait_hours": "24",
        "minutes": "75",
        "grace_seconds": "0",
        "outage_minutes": "15",
        "review": "after-due",
    }
    tariq.submit(tariq.open(rules_page), **typed)
    assert stored(app, world)["quiz"] == {
        "opens_at": "2026-11-01T00:00:00Z",
        "due_at": "2031-05-06T23:59:59Z",
        "attempts": 2,
        "wait_hours": 24,
        "minutes": 75,
        "grace_seconds": 0,
        "review": "after-due",
        "outage_minutes": 15,
    }
    shown = values(tariq.open(rules_page).form())
    assert {name: shown[name] for name in typed} == {name: [value] for name, value in typed.items()}
    text = browse(world.amina).open(f"/modules/{world.assignment}/quizzes/quiz").text
    assert "You have 75 minutes" in text and "Between two attempts you wait 24 hours." in text
    [event] = events("rules-changed")
    assert event.actor_id == world.tariq and event.detail["rules"]["minutes"] == 75
    tariq.submit(tariq.open(rules_page), **dict.fromkeys(typed, ""))
    assert stored(app, world) == {}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("attempts", "two", "Write a whole number, such as 30."),
        ("minutes", "601", "Write a number from 0 to 600."),
        ("minutes", "-5", "Write a whole number, such as 30."),
        ("minutes", "9" * 40, "Write a whole number, such as 30."),
        ("wait_hours", "721", "Write a number from 0 to 720."),
        ("due_on", "2026-13-01", "This is not a date. Write it like 2027-01-31."),
        ("due_on", "2026-01-01", "The last day is before the first day. Choose a later last day."),
        ("review", "everything", "Not a valid choice."),
        ("review", "after-due", "Set a last day as well: the right answers wait for it."),
    ],
)
def test_what_is_no_rule_gets_a_sentence_and_changes_nothing(
    app: Flask, world: World, tariq: Browser, rules_page: str, field: str, typed: str, sentence: str
) -> None:
    page = tariq.submit(tariq.open(rules_page), **{"opens_on": "2026-11-01", field: typed})
    assert page.status == 422
    assert sentence in page.text
    assert stored(app, world) == {}


@pytest.mark.parametrize(
    ("language", "attempts", "minutes"),
    [
        (
            "en",
            "How many attempts each person has: Write a whole number, such as 30.",
            "Time limit in minutes: Write a number from 0 to 600.",
        ),
        (
            "fr",
            "Nombre de tentatives de chaque personne : Écrivez un nombre entier, par exemple 30.",
            "Limite de temps en minutes : Écrivez un nombre de 0 à 600.",
        ),
    ],
)
def test_each_line_of_the_summary_names_its_field(
    tariq: Browser, rules_page: str, language: str, attempts: str, minutes: str
) -> None:
    tariq.submit(tariq.open("/account"), "/account", language=language)
    page = tariq.submit(tariq.open(rules_page), attempts="two", minutes="700")
    assert page.heading == ("Rules: Module quiz" if language == "en" else "Règles : Module quiz")
    [summary] = page.all("div", "error-summary")
    lines = {a.get("href"): words(a) for a in summary.iter("a")}
    assert lines == {"#attempts": attempts, "#minutes": minutes}


def test_there_are_no_rules_for_a_quiz_that_the_module_does_not_have(tariq: Browser, rules_page: str) -> None:
    assert tariq.get(rules_page + "x").status == 404


def set_limits(tariq: Browser, rules_page: str) -> None:
    tariq.submit(tariq.open(rules_page), minutes="30", attempts="1", due_on="2026-11-30")


def test_amina_gets_more_with_a_reason_and_the_history_stays(
    app: Flask,
    world: World,
    tariq: Browser,
    home: str,
    rules_page: str,
    allowance_page: str,
    browse: Callable[..., Browser],
    events: Callable[..., list[Event]],
) -> None:
    set_limits(tariq, rules_page)
    person = f"{home}/people/{world.amina}"
    assert allowance_page in tariq.open(person).links()
    page = tariq.open(allowance_page)
    assert "Everybody has 30." in page.text and "For everybody it is 30 Nov 2026." in page.text
    given = {
        "extra_minutes": "15",
        "extra_attempts": "1",
        "due_on": "2031-05-06",
        "reason": "reads in a third language",
    }
    page = tariq.submit(page, **given)
    assert "15 more minutes. 1 more attempt. Time until 6 May 2031, 23:59 UTC." in page.text
    assert "The reason: reads in a third language" in page.text
    again = tariq.open(allowance_page)
    shown = values(again.form())
    assert {name: shown[name] for name in given} == {name: [value] for name, value in given.items()} | {"reason": [""]}
    assert "Tariq Aziz-Canary" in again.text
    tariq.submit(again, extra_minutes="", extra_attempts="", due_on="", reason="it was meant for Bruno")
    history = tariq.open(allowance_page).text.split("What was allowed")[1]
    assert history.index("Nothing more.") < history.index("15 more minutes.")
    with app.app_context():
        rows = db.session.scalars(sa.select(Allowance).order_by(Allowance.granted_at)).all()
        assert [(one.extra_minutes, one.granted_by) for one in rows] == [(15, world.tariq), (0, world.tariq)]
        assert rows[0].due_at == datetime(2031, 5, 6, 23, 59, 59, tzinfo=UTC)
    assert [event.actor_id for event in events("allowed")] == [world.tariq] * 2
    assert "Your trainer has allowed" not in browse(world.amina).open(f"/modules/{world.assignment}/quizzes/quiz").text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("reason", "", "Write the reason, so that others understand it later."),
        ("reason", "x" * 501, "Use at most 500 letters for the reason."),
        ("extra_minutes", "601", "Write a number from 0 to 600."),
        ("extra_attempts", "many", "Write a whole number, such as 30."),
        ("due_on", "soon", "This is not a date. Write it like 2027-01-31."),
    ],
)
def test_what_cannot_be_allowed_gets_a_sentence(
    app: Flask, tariq: Browser, rules_page: str, allowance_page: str, field: str, typed: str, sentence: str
) -> None:
    set_limits(tariq, rules_page)
    page = tariq.submit(tariq.open(allowance_page), **{"reason": "ill", "extra_minutes": "5", field: typed})
    assert page.status == 422 and sentence in page.text
    with app.app_context():
        assert not db.session.scalars(sa.select(Allowance)).all()


def test_what_has_no_limit_has_no_field(tariq: Browser, allowance_page: str) -> None:
    page = tariq.open(allowance_page)
    assert "nothing more to allow" in page.text and not page.root.findall(".//main//form")


def test_tariq_allows_nothing_to_a_person_of_another_cohort(
    world: World, tariq: Browser, home: str, rules_page: str
) -> None:
    set_limits(tariq, rules_page)
    assert tariq.get(f"{home}/people/{world.chidi}/allowances/{world.assignment}/quiz").status == 404
    assert tariq.post(f"{home}/people/{world.amina}/allowances/{world.lenas_assignment}/quiz", reason="x").status == 404
