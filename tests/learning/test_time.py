"""How long Amina has: the end of an attempt, minutes that are added, and what ends it when she does not."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.learning.conftest import MINUTE, SECOND, Quiz, fields, id_in, log_agrees, results
from tests.pages import Browser, Page
from tests.people import NOW, World
from training import closing, keeper
from training.db import db, now
from training.learning import answers
from training.models import Attempt, Event, Heartbeat, Outage, Result
from training.rules import time_of

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
    answers = aminas_quiz.answers(path)
    given = {name: value for item, answer in answers.items() for name, value in fields(item, answer).items()}
    result = aminas_quiz.browser.submit(page, path, then="submit", **given)
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
