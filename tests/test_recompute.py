"""The log alone is enough: every result can be worked out again, bit for bit."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from tests.cohorts.conftest import fill
from tests.learning.conftest import Quiz
from tests.pages import Browser
from tests.people import World
from training import models
from training.cli import main
from training.db import db
from training.learning import answers

Training = Callable[..., Result]


@pytest.fixture
def training(app: Flask) -> Training:
    def run(*args: str) -> Result:
        env = {"TRAINING_INSTANCE": app.instance_path, "DATABASE_URL": app.config["DATABASE_URL"]}
        return CliRunner().invoke(main, args, env=env)

    return run


@pytest.fixture
def aminas_quiz(app: Flask, world: World, browse: Callable[..., Browser]) -> Quiz:
    return Quiz(app, world, browse(world.amina))


def test_results_that_the_log_gives_again_are_counted(training: Training, aminas_quiz: Quiz) -> None:
    for right in (False, True):
        path = aminas_quiz.start()
        aminas_quiz.save(path, aminas_quiz.answers(path, right=right))
        aminas_quiz.submit(path)
    aminas_quiz.start()  # it is open, and has no result yet
    answer = training("recompute", "--check")
    assert (answer.exit_code, answer.output) == (0, "2 results compared, 0 differ.\n")


def test_a_result_that_the_log_does_not_give_is_found(app: Flask, training: Training, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    aminas_quiz.submit(path)
    with app.app_context():
        first = db.session.scalars(sa.select(models.Result)).one()
        db.session.add(
            models.Result(
                attempt_id=first.attempt_id,
                run=2,
                marks=first.marks,
                score=1,
                passed=True,
                marked_at=first.marked_at + timedelta(days=1),
                reason="a friend of mine",
            )
        )
        db.session.commit()
    answer = training("recompute", "--check")
    assert answer.exit_code == 1
    attempt = aminas_quiz.attempt(path).id
    assert answer.output.splitlines() == [
        f"attempt {attempt}, marking 2: score is 1, should be 0",
        f"attempt {attempt}, marking 2: passed is True, should be False",
        "2 results compared, 1 differ.",
    ]


def test_an_answer_that_came_after_the_submit_changes_no_result(training: Training, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    aminas_quiz.submit(path)
    aminas_quiz.save(path, aminas_quiz.answers(path), first=10)
    assert training("recompute", "--check").exit_code == 0


def test_an_answer_that_was_on_its_way_during_the_submit_is_dated_so_that_one_sees_which_came_first(
    app: Flask, world: World, training: Training, aminas_quiz: Quiz
) -> None:
    """Its request came a moment before that of the submit, and the database let it in a moment after."""
    path = aminas_quiz.start()
    item, answer = next(iter(aminas_quiz.answers(path).items()))
    aminas_quiz.submit(path)
    [result] = aminas_quiz.results(path)
    with app.app_context():
        given = answers.Given(uuid.uuid4(), item, answer, 1, None)
        verdicts = answers.record(aminas_quiz.attempt(path), [given], at=result.marked_at - timedelta(seconds=1))
        db.session.commit()
    assert list(verdicts.values()) == ["late"]
    assert training("recompute", "--check").exit_code == 0


def test_without_check_the_command_does_nothing(training: Training, world: World) -> None:
    answer = training("recompute")
    assert answer.exit_code == 2
    assert "Results are never changed by a command." in answer.output


def test_the_check_costs_the_same_statements_for_few_and_for_many(
    app: Flask, world: World, training: Training, count_statements: Any
) -> None:
    from training.recompute import compared

    counts = []
    for first, people in ((0, 3), (3, 40)):
        fill(app, world, people, first=first)
        with app.app_context():
            list(compared())
            db.session.rollback()
            with count_statements() as statements:
                assert len(list(compared())) == 2 * (first + people)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
