"""Amina at work: the small steps that the tests of learning share."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_types import amiss, perfect
from tests.pages import Browser
from tests.people import World
from training.curriculum import module_of
from training.db import db, now
from training.keys import key_of
from training.learning import attempts
from training.models import Allowance, Assignment, Attempt, Result
from training.recompute import compared

Browse = Callable[..., Browser]
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


class Quiz:
    """One person's attempt at the module's quiz, with answers that are right or wrong as wanted."""

    def __init__(self, app: Flask, world: World, browser: Browser, assignment: uuid.UUID | None = None) -> None:
        self.app, self.world, self.browser = app, world, browser
        self.assignment = assignment or world.assignment

    @property
    def intro(self) -> str:
        return f"/modules/{self.assignment}/quizzes/quiz"

    def start(self) -> str:
        """The path of the started attempt."""
        page = self.browser.submit(self.browser.open(self.intro), "start", follow=False)
        assert page.status == 302
        return str(page.response.location)

    def attempt(self, path: str) -> Attempt:
        with self.app.app_context():
            return db.session.get_one(Attempt, uuid.UUID(path.split("/")[2]))

    def answers(self, path: str, *, right: bool = True) -> dict[str, Any]:
        """An answer to each item of the paper, as JSON."""
        attempt, given = self.attempt(path), perfect if right else amiss
        with self.app.app_context():
            items, keys = module_of(attempt.module_version_id).item_by_id, key_of(attempt.module_version_id)
        return {item: given(items[item], keys[item]) for item in attempt.paper}

    def save(self, path: str, answers: dict[str, Any], *, first: int = 1, epoch: int = 1) -> dict[str, str]:
        """Send answers as the page's script does; the verdicts by response id."""
        body = {
            "responses": [
                {"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": first + n, "epoch": epoch}
                for n, (item, answer) in enumerate(answers.items())
            ]
        }
        page = self.browser.post_json(path + "/responses", body)
        assert page.status == 200, page.html
        verdicts: dict[str, str] = page.json["verdicts"]
        return verdicts

    def submit(self, path: str) -> Any:
        return self.browser.submit(self.browser.open(path + "/check"), "submit")

    def results(self, path: str) -> list[Result]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Result).where(Result.attempt_id == self.attempt(path).id)))


@pytest.fixture
def aminas_quiz(app: Flask, world: World, browse: Browse) -> Quiz:
    return Quiz(app, world, browse(world.amina))


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


def fields(item: str, answer: Any) -> dict[str, Any]:
    """An answer to a choice or a statement, as the fields of the form."""
    if isinstance(answer, dict):
        return {f"answer-{item}.claim": answer["claim"], f"answer-{item}": answer["reason"]}
    return {f"answer-{item}": answer}


def id_in(path: str) -> uuid.UUID:
    return uuid.UUID(path.split("/")[2])


def results(app: Flask) -> list[tuple[str, Fraction]]:
    with app.app_context():
        return [(one.reason, one.score) for one in db.session.scalars(sa.select(Result).order_by(Result.marked_at))]


def log_agrees(app: Flask) -> bool:
    """Whether the log gives every result again."""
    with app.app_context():
        return not [one for one in compared() if one.differences]
