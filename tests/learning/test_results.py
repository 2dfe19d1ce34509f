"""What Amina finds again of the tests that she handed in."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from tests.learning.conftest import Browse, Quiz, id_in
from tests.pages import Page, words
from tests.people import NOW, World, withdraw
from training.db import db
from training.learning.results import RESULTS_PAGE
from training.models import Enrolment, Result


def rows(page: Page) -> list[str]:
    return [words(row) for found in page.all("ul", "rows") for row in found.iter("li")]


def handed_in(quiz: Quiz, *, right: bool = True) -> str:
    path = quiz.start()
    quiz.save(path, quiz.answers(path, right=right))
    quiz.submit(path)
    return path


def end_enrolment(app: Flask, person: UUID) -> None:
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == person).values(ended_at=NOW))
        db.session.commit()


def test_who_handed_in_nothing_is_told_what_will_stand_here(aminas_quiz: Quiz) -> None:
    aminas_quiz.start()
    page = aminas_quiz.browser.open("/results")
    assert rows(page) == []
    assert "No results yet" in page.text


def test_each_attempt_stands_with_its_own_result_the_newest_first(aminas_quiz: Quiz) -> None:
    paths = [handed_in(aminas_quiz, right=False), handed_in(aminas_quiz)]
    page = aminas_quiz.browser.open("/results")
    second, first = rows(page)
    assert "0 %, not passed" in first and "Attempt 1" in first
    assert "100 %, passed" in second and "Attempt 2" in second
    assert [link for link in page.links() if "/attempts/" in link] == [f"{path}/result" for path in reversed(paths)]


def test_results_stay_when_the_module_and_the_cohort_have_ended(app: Flask, world: World, aminas_quiz: Quiz) -> None:
    path = handed_in(aminas_quiz)
    withdraw(app, world.assignment)
    end_enrolment(app, world.amina)
    amina = aminas_quiz.browser
    assert "/results" in amina.open("/").links()
    page = amina.open("/results")
    [row] = rows(page)
    assert "100 %, passed" in row
    assert amina.open(f"{path}/result").status == 200


def test_nobody_sees_the_results_of_another(world: World, browse: Browse, aminas_quiz: Quiz) -> None:
    handed_in(aminas_quiz)
    for other in (world.bruno, world.tariq, world.ada):
        assert rows(browse(other).open("/results")) == []


def test_the_last_marking_counts(app: Flask, aminas_quiz: Quiz) -> None:
    path = handed_in(aminas_quiz)
    with app.app_context():
        first = db.session.scalars(sa.select(Result)).one()
        db.session.add(
            Result(
                attempt_id=id_in(path),
                run=2,
                marks=first.marks,
                score=first.score / 4,
                passed=False,
                marked_at=first.marked_at + timedelta(days=1),
                reason="The key was wrong",
            )
        )
        db.session.commit()
    [row] = rows(aminas_quiz.browser.open("/results"))
    assert "25 %, not passed" in row


def test_many_results_come_a_page_at_a_time(aminas_quiz: Quiz, set_rules: Callable[..., None]) -> None:
    set_rules(attempts=0)  # as many as one likes
    for _ in range(RESULTS_PAGE + 1):
        aminas_quiz.submit(aminas_quiz.start())
    amina = aminas_quiz.browser
    first, second = rows(amina.open("/results")), rows(amina.open("/results?page=2"))
    assert len(first) == RESULTS_PAGE
    assert "Attempt 21" in first[0]
    assert ["Attempt 1 " in row for row in second] == [True]
    assert "/results?page=2" in amina.open("/results").links()
    assert rows(amina.open("/results?page=99")) == second
