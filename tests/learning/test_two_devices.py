"""Amina begins on one phone and goes on on another: one of them holds the attempt, and nothing is lost."""

import uuid
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.learning.conftest import Browse, Quiz, fields
from tests.pages import Browser, Page
from tests.people import World
from training import create_app
from training.accounts import passwords
from training.db import db
from training.device import remember_device
from training.models import Attempt, Lease, Response, User

ELSEWHERE = "This quiz is open on another device."
ASIDE = "3 answers came later from another device. They are kept and do not count."


@pytest.fixture
def other(app: Flask, world: World, browse: Browse) -> Quiz:
    """Amina at her second device."""
    return Quiz(app, world, browse(world.amina))


def leases(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        return [(epoch, device) for epoch, device in db.session.execute(sa.select(Lease.epoch, Lease.device))]


def go_on_here(quiz: Quiz, path: str) -> Page:
    return quiz.browser.submit(quiz.browser.open(path), "go-on-here")


def test_a_start_takes_the_lease_in_the_same_write(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    assert [epoch for epoch, _device in leases(app)] == [1]
    page = aminas_quiz.browser.open(path)
    assert ELSEWHERE not in page.text
    assert page.form("/attempts/").find(".//input[@name='epoch']").get("value") == "1"  # type: ignore[union-attr]


def test_another_device_shows_what_was_answered_and_asks_before_it_takes_over(
    app: Flask, aminas_quiz: Quiz, other: Quiz
) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path))
    page = other.browser.open(path)
    assert ELSEWHERE in page.text
    assert "3 of 3 answered" in page.text
    boxes = [box for box in page.all("input") if box.get("type") in ("radio", "checkbox")]
    frozen = {
        box for fieldset in page.all("fieldset") if fieldset.get("disabled") is not None for box in fieldset.iter()
    }
    assert [box for box in boxes if box.get("checked") is not None]
    assert set(boxes) <= frozen, "nothing can be changed here"
    assert [epoch for epoch, _device in leases(app)] == [1], "reading takes nothing over"
    assert ELSEWHERE in other.browser.open(path + "/check").text


def test_go_on_here_takes_the_attempt_over_and_the_first_device_is_told(
    app: Flask, aminas_quiz: Quiz, other: Quiz
) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path))
    page = go_on_here(other, path)
    assert ELSEWHERE not in page.text
    assert "3 of 3 answered" in page.text
    assert ELSEWHERE in aminas_quiz.browser.open(path).text
    go_on_here(aminas_quiz, path)
    assert [epoch for epoch, _device in sorted(leases(app))] == [1, 2, 3]


def test_going_on_from_the_page_of_the_quiz_takes_it_over_too(app: Flask, aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    assert other.start() == path
    assert ELSEWHERE not in other.browser.open(path).text
    assert other.start() == path
    assert [epoch for epoch, _device in sorted(leases(app))] == [1, 2]


def test_an_answer_from_the_device_that_lost_the_attempt_is_kept_and_does_not_count(
    app: Flask, aminas_quiz: Quiz, other: Quiz
) -> None:
    path = aminas_quiz.start()
    go_on_here(other, path)
    other.save(path, other.answers(path), epoch=2)
    verdicts = aminas_quiz.save(path, other.answers(path, right=False), first=100)
    assert set(verdicts.values()) == {"set-aside"}
    with app.app_context():
        rows = db.session.execute(sa.select(Response.epoch, Response.set_aside)).all()
    assert sorted(map(tuple, rows)) == [(1, True)] * 3 + [(2, False)] * 3
    assert ASIDE in other.browser.open(path).text
    other.submit(path)
    assert other.results(path)[0].score == 1
    result = other.browser.open(path + "/result")
    assert ASIDE in result.text
    assert "Answer from another device" in result.text


def test_who_repeats_an_answer_hears_again_that_it_was_set_aside(aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    go_on_here(other, path)
    item, answer = next(iter(aminas_quiz.answers(path).items()))
    body = {"responses": [{"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1, "epoch": 1}]}
    heard = [aminas_quiz.browser.post_json(path + "/responses", body).json["verdicts"] for _ in range(2)]
    assert [list(verdicts.values()) for verdicts in heard] == [["set-aside"], ["set-aside"]]


def test_an_answer_that_was_set_aside_can_be_used_instead_once(app: Flask, aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    go_on_here(other, path)
    other.save(path, other.answers(path, right=False), epoch=2)
    aminas_quiz.save(path, other.answers(path))
    page = other.browser.open(path)
    item = next(iter(other.answers(path)))
    [asked] = [div for div in page.all("div") if div.get("id") == f"question-{item}"]
    [wanted] = [button.get("value") for button in asked.iter("button") if button.get("name") == "use"]
    back = other.browser.submit(page, "/attempts/", follow=False, use=wanted)
    assert back.response.location == f"{path}#question-{item}"
    other.browser.submit(page, "/attempts/", use=wanted)  # the press repeated
    assert "2 answers came later from another device" in other.browser.open(path).text
    other.submit(path)
    assert other.results(path)[0].marks[item][0] == "1"
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 7


def test_without_a_script_a_page_of_the_first_device_changes_nothing_any_more(aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    left_open = aminas_quiz.browser.open(path)
    go_on_here(other, path)
    given = fields(*next(iter(aminas_quiz.answers(path).items())))
    page = aminas_quiz.browser.submit(left_open, "/attempts/", then="check", **given)
    assert ELSEWHERE in page.text
    assert "1 answer came later from another device. It is kept and does not count." in page.text
    other.submit(path)
    assert other.results(path)[0].score == 0


def test_a_submit_from_the_device_that_lost_the_attempt_does_not_end_it(aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    left_open = aminas_quiz.browser.open(path + "/check")
    go_on_here(other, path)
    page = aminas_quiz.browser.submit(left_open, "submit")
    assert ELSEWHERE in page.text
    assert not other.results(path)


def test_a_late_answer_from_the_other_device_says_late(aminas_quiz: Quiz, other: Quiz) -> None:
    path = aminas_quiz.start()
    go_on_here(other, path)
    other.submit(path)
    assert set(aminas_quiz.save(path, aminas_quiz.answers(path)).values()) == {"late"}
    page = aminas_quiz.browser.post(path + "/go-on-here", follow=True)
    assert page.heading.startswith("Your result"), "what is over cannot be taken over"


def test_the_trainer_sees_what_was_set_aside(aminas_quiz: Quiz, other: Quiz, world: World, browse: Browse) -> None:
    path = aminas_quiz.start()
    go_on_here(other, path)
    aminas_quiz.save(path, aminas_quiz.answers(path))
    attempt = path.split("/")[2]
    page_of_attempt = f"/cohorts/{world.tariqs_cohort}/people/{world.amina}/attempts/{attempt}"
    assert ASIDE not in browse(world.tariq).open(page_of_attempt).text, "an open attempt shows no answers"
    other.submit(path)
    assert ASIDE in browse(world.tariq).open(page_of_attempt).text


def test_the_trainer_is_told_of_a_clock_that_is_far_off_and_it_decides_nothing(
    aminas_quiz: Quiz, world: World, browse: Browse
) -> None:
    path = aminas_quiz.start()
    for item, answer in aminas_quiz.answers(path).items():
        given = {"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1, "epoch": 1}
        ahead = (datetime.now(UTC) + timedelta(days=3650)).isoformat()
        body = {"responses": [given | {"answered_at": ahead}], "sent_at": ahead}
        assert list(aminas_quiz.browser.post_json(path + "/responses", body).json["verdicts"].values()) == ["saved"]
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].score == 1
    page = browse(world.tariq).open(
        f"/cohorts/{world.tariqs_cohort}/people/{world.amina}/attempts/{path.split('/')[2]}"
    )
    assert "The clock of this trainee's device is ahead by 10 years. Nothing in the result depends on it." in page.text


def test_an_attempt_from_before_there_were_leases_goes_on_on_any_device(
    app: Flask, aminas_quiz: Quiz, other: Quiz, world: World
) -> None:
    made = aminas_quiz.start()
    with app.app_context():
        first = db.session.get_one(Attempt, uuid.UUID(made.split("/")[2]))
        same = ("assignment_id", "module_version_id", "assessment", "paper", "started_at")
        old = Attempt(user_id=world.bruno, number=1, **{name: getattr(first, name) for name in same})
        db.session.add(old)
        db.session.commit()
        path = f"/attempts/{old.id}"
    for quiz in (Quiz(app, world, Browser(app, world.bruno)), Quiz(app, world, Browser(app, world.bruno))):
        assert ELSEWHERE not in quiz.browser.open(path).text
        assert set(quiz.save(path, quiz.answers(path)).values()) == {"saved"}


# The device's cookie


def cookies(page: Page) -> dict[str, Any]:
    found = SimpleCookie()
    for header in page.response.headers.getlist("Set-Cookie"):
        found.load(header)
    return dict(found)


def test_the_device_gets_its_cookie_with_the_first_sign_in_and_keeps_it_after_signing_out(
    app: Flask, world: World, browse: Browse
) -> None:
    with app.app_context():
        db.session.get_one(User, world.amina).password_hash = passwords.hashed("green boat at noon")
        db.session.commit()
    browser = browse()

    def sign_in() -> Page:
        form = browser.open("/sign-in")
        return browser.submit(
            form, "sign-in", follow=False, sign_in_name="amina@canary-mail.example", password="green boat at noon"
        )

    device = cookies(sign_in())["device"]
    assert (device["httponly"], device["samesite"], device["path"]) == (True, "Lax", "/")
    assert int(device["max-age"]) == 365 * 24 * 60 * 60
    browser.post("/sign-out")
    assert browser.client.get_cookie("device").value == device.value  # type: ignore[union-attr]
    assert "device" not in cookies(sign_in()), "a device that has its cookie keeps it"


def test_a_device_is_the_same_when_its_person_signs_in_again(app: Flask, world: World) -> None:
    first, again = Browser(app, world.amina), Browser(app, world.amina)
    for browser in (first, again):
        browser.client.set_cookie("device", "x" * 43)
    path = Quiz(app, world, first).start()
    assert ELSEWHERE not in again.open(path).text
    assert all("x" * 43 not in device for _epoch, device in leases(app)), "the cookie itself is not kept"


def test_behind_tls_the_cookie_is_secure_and_of_this_host_alone(tmp_path: Any) -> None:
    app = create_app({"SECRET_KEY": "x" * 40, "HTTPS": True}, instance_path=str(tmp_path))
    with app.test_request_context("/", base_url="https://localhost"):
        remember_device()
        header = app.process_response(app.make_response("")).headers["Set-Cookie"]
    assert header.startswith("__Host-device=")
    assert all(word in header for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
