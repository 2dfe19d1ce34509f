"""Many presses of the same button at once, on both databases: the database holds the limits."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.factories_course import MODULE, course_files
from tests.learning.conftest import Quiz
from tests.pages import Browser
from tests.people import NOW, World
from training.closing import submit
from training.db import db, now
from training.learning.answers import Given, Verdict, record
from training.models import Assignment, Attempt, Lease, Response, Result
from training.publishing.publish import publish_course
from training.writer import Job, together

AT_ONCE = 50


def all_at_once(act: Callable[[int], Any]) -> list[Any]:
    """*act* in fifty threads that start together."""
    gate = Barrier(AT_ONCE)

    def wait_and_act(number: int) -> Any:
        gate.wait(timeout=30)
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(wait_and_act, range(AT_ONCE)))


def devices(app: Flask, person: uuid.UUID) -> list[tuple[Browser, str]]:
    """Fifty browsers of one person, each with its form token."""
    browsers = [Browser(app, person) for _ in range(AT_ONCE)]
    return [(browser, browser.csrf()) for browser in browsers]


def test_fifty_starts_at_once_make_one_attempt_and_all_get_it(app: Flask, world: World) -> None:
    signed_in = devices(app, world.amina)
    path = f"/modules/{world.assignment}/quizzes/quiz/start"

    def start(number: int) -> tuple[int, str | None]:
        browser, token = signed_in[number]
        answer = browser.client.post(path, data={"csrf_token": token})
        return answer.status_code, answer.location

    answers = all_at_once(start)
    assert len(set(answers)) == 1
    assert answers[0][0] == 302
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_a_limit_of_one_attempt_holds_against_fifty_starts_after_a_submit(app: Flask, world: World) -> None:
    with app.app_context():
        limited = course_files(module=MODULE.replace("pass_mark: 75", "pass_mark: 75\n    attempts: 1"))
        _course, [version] = publish_course(limited, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    quiz = Quiz(app, world, Browser(app, world.amina))
    quiz.submit(quiz.start())
    signed_in = devices(app, world.amina)
    path = f"/modules/{world.assignment}/quizzes/quiz/start"

    def start(number: int) -> int:
        browser, token = signed_in[number]
        return browser.client.post(path, data={"csrf_token": token}).status_code

    assert set(all_at_once(start)) == {409}
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_fifty_take_overs_of_one_device_are_one(app: Flask, world: World) -> None:
    path = Quiz(app, world, Browser(app, world.amina)).start()
    signed_in = devices(app, world.amina)
    for browser, _token in signed_in:
        browser.client.set_cookie("device", "the second phone")

    def take_over(number: int) -> int:
        browser, token = signed_in[number]
        return browser.client.post(path + "/go-on-here", data={"csrf_token": token}).status_code

    assert set(all_at_once(take_over)) == {302}
    with app.app_context():
        assert sorted(db.session.scalars(sa.select(Lease.epoch))) == [1, 2]


def test_fifty_devices_that_take_over_at_once_hold_the_attempt_one_after_the_other(app: Flask, world: World) -> None:
    path = Quiz(app, world, Browser(app, world.amina)).start()
    signed_in = devices(app, world.amina)

    def take_over(number: int) -> int:
        browser, token = signed_in[number]
        return browser.client.post(path + "/go-on-here", data={"csrf_token": token}).status_code

    assert set(all_at_once(take_over)) == {302}
    with app.app_context():
        leases = db.session.execute(sa.select(Lease.epoch, Lease.device)).all()
    assert sorted(epoch for epoch, _device in leases) == list(range(1, AT_ONCE + 2))
    assert len({device for _epoch, device in leases}) == AT_ONCE + 1


def test_an_answer_that_races_a_take_over_counts_or_is_told_that_it_was_set_aside(app: Flask, world: World) -> None:
    quiz = Quiz(app, world, Browser(app, world.amina))
    path = quiz.start()
    item, right = next(iter(quiz.answers(path).items()))
    signed_in = devices(app, world.amina)

    def answer_or_take_over(number: int) -> tuple[str, str] | None:
        browser, token = signed_in[number]
        if number == AT_ONCE // 2:
            browser.client.post(path + "/go-on-here", data={"csrf_token": token})
            return None
        given = {"id": str(uuid.uuid4()), "item": item, "answer": right, "sequence": number + 1, "epoch": 1}
        answer = browser.client.post(path + "/responses", json={"responses": [given]}, headers={"X-CSRFToken": token})
        return given["id"], answer.get_json()["verdicts"][given["id"]]

    verdicts = dict(pair for pair in all_at_once(answer_or_take_over) if pair)
    with app.app_context():
        kept = {str(one.id): one.set_aside for one in db.session.scalars(sa.select(Response))}
    assert kept == {response: verdict == "set-aside" for response, verdict in verdicts.items()}


def test_fifty_submits_at_once_give_one_result_to_all(app: Flask, world: World) -> None:
    quiz = Quiz(app, world, Browser(app, world.amina))
    path = quiz.start()
    quiz.save(path, quiz.answers(path))
    signed_in = devices(app, world.amina)

    def submit(number: int) -> tuple[int, str]:
        browser, token = signed_in[number]
        browser.client.post(path + "/submit", data={"csrf_token": token})
        answer = browser.client.get(path + "/result")
        return answer.status_code, answer.get_data(as_text=True).split("Your score")[1][:200]

    assert len(set(all_at_once(submit))) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 1


def test_answers_that_race_a_submit_either_count_or_are_told_that_they_are_late(app: Flask, world: World) -> None:
    quiz = Quiz(app, world, Browser(app, world.amina))
    path = quiz.start()
    item, right = next(iter(quiz.answers(path).items()))
    wrong = quiz.answers(path, right=False)[item]
    signed_in = devices(app, world.amina)

    def answer_or_submit(number: int) -> tuple[str, str] | None:
        browser, token = signed_in[number]
        if number == AT_ONCE // 2:
            browser.client.post(path + "/submit", data={"csrf_token": token})
            return None
        given = {
            "id": str(uuid.uuid4()),
            "item": item,
            "answer": right if number % 2 else wrong,
            "sequence": number + 1,
        }
        answer = browser.client.post(path + "/responses", json={"responses": [given]}, headers={"X-CSRFToken": token})
        return given["id"], answer.get_json()["verdicts"][given["id"]]

    verdicts = dict(pair for pair in all_at_once(answer_or_submit) if pair)
    assert set(verdicts.values()) <= {"saved", "late"}
    with app.app_context():
        kept = {str(r.id): r.sequence for r in db.session.scalars(sa.select(Response))}
        [marks] = db.session.scalars(sa.select(Result.marks))
    assert kept.keys() == verdicts.keys(), "every acknowledged answer is kept"
    in_time = [response for response, verdict in verdicts.items() if verdict == "saved"]
    counted = max(in_time, key=kept.__getitem__) if in_time else None
    assert marks[item][1] == counted


def test_an_answer_that_shares_its_commit_with_a_submit_before_it_is_late(app: Flask, world: World) -> None:
    quiz = Quiz(app, world, Browser(app, world.amina))
    attempt = quiz.attempt(path := quiz.start())
    item, right = next(iter(quiz.answers(path).items()))
    given = Given(uuid.uuid4(), item, right, 1, None)
    with app.app_context():
        jobs = [Job(lambda: submit(attempt, at=now())), Job(lambda: record(attempt, [given], at=now()))]
        assert together(jobs)
        assert jobs[1].result == {given.id: Verdict.LATE}
