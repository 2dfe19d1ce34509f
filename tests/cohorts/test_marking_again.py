"""A key was wrong: Tariq puts it right for his cohort, Ada for all. Nobody's result changes unseen."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.conftest import fill
from tests.cohorts.test_reports import answer_all, options
from tests.factories_course import QUESTIONS, course_files
from tests.learning.conftest import Quiz
from tests.learning.test_exams import Exam, assign_exams
from tests.pages import Browser, Page, words
from tests.people import NOW, World
from training.closing import submit
from training.cohorts import marking_again
from training.db import db, now
from training.domain.marking_again import Ruling
from training.errors import Problem
from training.models import (
    Assignment,
    Attempt,
    Cohort,
    Enrolment,
    Event,
    KeyChange,
    ModuleVersion,
    Notice,
    Response,
    Result,
)
from training.publishing.publish import publish_course
from training.recompute import compared

ITEM = "a1-04"  # a single choice
REASON = "The second option is right as well."


@pytest.fixture
def right(app: Flask, world: World) -> str:
    return options(app, world.version, ITEM)[0]


@pytest.fixture
def wrong(app: Flask, world: World) -> str:
    return options(app, world.version, ITEM)[1][0]


@pytest.fixture
def page(world: World) -> str:
    """The address of the question in Tariq's cohort."""
    return f"/cohorts/{world.tariqs_cohort}/questions/{world.version}/{ITEM}/key"


@pytest.fixture
def facts(app: Flask) -> Callable[..., list[Any]]:
    def all_of(table: type[Any], order: str = "id") -> list[Any]:
        with app.app_context():
            return list(db.session.scalars(sa.select(table).order_by(getattr(table, order))))

    return all_of


@pytest.fixture
def results(facts: Callable[..., list[Any]]) -> Callable[[], list[tuple[int, int, bool]]]:
    """Run, score in per cent and whether it is passed, of each result."""
    return lambda: sorted((one.run, int(one.score * 100), one.passed) for one in facts(Result, "run"))


def show(browser: Browser, page: str, **chosen: Any) -> Page:
    return browser.submit(browser.open(page), **chosen)


def apply(browser: Browser, preview: Page, reason: str = REASON, **more: Any) -> Page:
    return browser.submit(preview, "apply", reason=reason, **more)


def markings(page: Page) -> list[str]:
    """Every marking that a page lists, the newest first: what it was worth, and why."""
    lines = page.root.findall(".//h2[.='All markings']/../ul/li")
    return [f"{words(li.find('b'))}: {words(li.findall('bdi')[-1])}" for li in lines if li.find("b") is not None]


def the_log_gives_every_result_again(app: Flask) -> bool:
    with app.app_context():
        return not any(one.differences for one in compared())


def test_tariq_sees_who_would_change_and_how_before_anything_changes(
    app: Flask, world: World, tariq: Browser, page: str, right: str, wrong: str, facts: Callable[..., list[Any]]
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    answer_all(app, world, world.bruno, ITEM, right, "1")
    preview = show(tariq, page, what="choose", correct=[wrong])
    assert "2 of 2 results change." in preview.text
    assert "1 person would now pass." in preview.text
    assert "1 person would no longer pass." in preview.text
    assert "Bruno Silva-Canary Module quiz, attempt 1 100 %, passed 0 %, not passed no longer passes" in preview.text
    assert "Amina Okoro-Canary Module quiz, attempt 1 0 %, not passed 100 %, passed now passes" in preview.text
    assert preview.text.index("no longer passes") < preview.text.index("now passes")
    assert facts(KeyChange) == [] and facts(Notice) == [] and len(facts(Result, "run")) == 2


def test_what_was_shown_is_done_and_everybody_concerned_is_told(
    app: Flask,
    world: World,
    browse: Callable[..., Browser],
    tariq: Browser,
    page: str,
    right: str,
    wrong: str,
    facts: Callable[..., list[Any]],
    results: Callable[[], list[tuple[int, int, bool]]],
    events: Callable[[str], list[Event]],
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    answer_all(app, world, world.bruno, ITEM, right, "1")
    done = apply(tariq, show(tariq, page, what="choose", correct=[right, wrong]))
    assert "1 result was marked again. The people concerned are told." in done.text
    assert results() == [(1, 0, False), (1, 100, True), (2, 100, True)]
    [change], [again] = facts(KeyChange), [one for one in facts(Result, "run") if one.run == 2]
    assert (change.cohort_id, change.changed_by, change.reason) == (world.tariqs_cohort, world.tariq, REASON)
    assert set(change.change["correct"]) == {right, wrong}
    assert (again.marked_by, again.reason, again.marked_at) == (world.tariq, REASON, change.changed_at)
    [event] = events("marked-again")
    assert (event.actor_id, event.detail["results"], event.detail["gained"], event.detail["lost"]) == (
        world.tariq,
        1,
        1,
        0,
    )
    assert the_log_gives_every_result_again(app)
    home = browse(world.amina).open("/")
    assert "Your result of “Module quiz” was marked again." in home.text
    assert "You had 0 % of the marks. Now you have 100 %. With that, you have passed." in home.text
    assert f"Why: {REASON}" in home.text
    assert "marked again" not in browse(world.bruno).open("/").text


def test_a_notice_goes_away_when_it_was_read_and_nobody_else_can_send_it_away(
    app: Flask, world: World, browse: Callable[..., Browser], tariq: Browser, page: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    apply(tariq, show(tariq, page, what="give"))
    amina = browse(world.amina)
    home = amina.open("/")
    way = next(form.get("action") for form in home.all("form") if "/notices/" in form.get("action", ""))
    assert browse(world.bruno).post(way or "").status == 404
    result = amina.open(next(link for link in home.links() if link.endswith("/result")))
    assert "was marked again" in result.text
    assert "was marked again" not in amina.submit(result, "/notices/").text
    assert "was marked again" not in amina.open("/").text


def test_every_earlier_result_stays_readable_for_amina_and_for_tariq(
    app: Flask, world: World, browse: Callable[..., Browser], tariq: Browser, home: str, page: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    apply(tariq, show(tariq, page, what="give"))
    apply(tariq, show(tariq, page, what="publish"), "Only the wording was bad.")
    with app.app_context():
        attempt = db.session.scalars(sa.select(Attempt.id)).one()
    for shown in (
        browse(world.amina).open(f"/attempts/{attempt}/result"),
        tariq.open(f"{home}/people/{world.amina}/attempts/{attempt}"),
    ):
        assert "All markings The newest comes first, and counts." in shown.text
        assert markings(shown) == [
            "0 %, not passed: Only the wording was bad.",
            f"100 %, passed: {REASON}",
            "0 %, not passed: Submitted",
        ]
        assert "The key of this question was put right on" in shown.text
    assert the_log_gives_every_result_again(app)


def test_nothing_is_done_when_a_paper_was_submitted_meanwhile(
    app: Flask,
    world: World,
    tariq: Browser,
    page: str,
    right: str,
    wrong: str,
    facts: Callable[..., list[Any]],
    results: Callable[[], list[tuple[int, int, bool]]],
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    preview = show(tariq, page, what="choose", correct=[wrong])
    answer_all(app, world, world.bruno, ITEM, right, "1")
    stale = apply(tariq, preview)
    assert stale.status == 409
    assert "Nothing was changed: papers were submitted or marked in the meantime." in stale.text
    assert "2 of 2 results change." in stale.text and "Bruno" in stale.text
    assert facts(KeyChange) == [] and len(results()) == 2
    apply(tariq, stale)
    assert results() == [(1, 0, False), (1, 100, True), (2, 0, False), (2, 100, True)]


def test_tariq_changes_nothing_in_lenas_cohort_and_ada_may_change_it_in_all(
    app: Flask,
    world: World,
    browse: Callable[..., Browser],
    tariq: Browser,
    page: str,
    wrong: str,
    results: Callable[[], list[tuple[int, int, bool]]],
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    with app.app_context():
        answer_all(app, world, world.chidi, ITEM, wrong, "0", assignment_id=world.lenas_assignment)
    preview = show(tariq, page, what="give")
    assert "1 of 1 result changes." in preview.text and "Chidi" not in preview.text
    assert apply(tariq, preview, scope="all").status == 200
    assert results() == [(1, 0, False), (1, 0, False), (2, 100, True)]
    ada = browse(world.ada)
    preview = show(ada, page, what="choose", correct=[wrong], scope="all")
    assert "All cohorts are meant." in preview.text
    assert "1 of 2 results change." in preview.text
    assert "Chidi Eze-Canary" in preview.text
    apply(ada, preview)
    assert results()[-2:] == [(2, 100, True), (2, 100, True)]
    assert the_log_gives_every_result_again(app)


def test_a_quiz_that_is_open_or_comes_later_is_marked_with_the_key_that_was_put_right(
    app: Flask, world: World, tariq: Browser, page: str, home: str, aminas_quiz: Quiz, take_quiz: Callable[..., str]
) -> None:
    path = aminas_quiz.start()
    drawn = aminas_quiz.attempt(path).paper[0]
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    answer_all(app, world, world.bruno, drawn, None, "0")
    apply(tariq, show(tariq, page.replace(ITEM, drawn), what="give"))
    aminas_quiz.submit(path)
    [result] = aminas_quiz.results(path)
    assert (result.run, result.marks[drawn][0], sum(mark != "0" for mark, _response in result.marks.values())) == (
        1,
        "1",
        1,
    )
    assert the_log_gives_every_result_again(app)


def test_who_left_the_question_empty_earns_its_mark_when_it_is_left_out(
    app: Flask, world: World, tariq: Browser, home: str, page: str, results: Callable[[], list[tuple[int, int, bool]]]
) -> None:
    answer_all(app, world, world.amina, ITEM, None, "0")
    apply(tariq, show(tariq, page, what="give"))
    assert results() == [(1, 0, False), (2, 100, True)]
    assert "Left out" in tariq.open(f"{home}/questions").text


def test_the_claim_of_a_statement_is_put_right(
    app: Flask, world: World, tariq: Browser, page: str, results: Callable[[], list[tuple[int, int, bool]]]
) -> None:
    reason = options(app, world.version, "a1-06")[0]
    answer_all(app, world, world.amina, "a1-06", {"claim": "false", "reason": reason}, "1/2")
    preview = show(tariq, page.replace(ITEM, "a1-06"), what="choose", claim="false")
    assert "The statement counts as false." in preview.text
    apply(tariq, preview)
    assert results() == [(1, 50, False), (2, 100, True)]


def test_who_passed_in_another_attempt_neither_gains_nor_loses_a_pass(
    app: Flask, world: World, tariq: Browser, page: str, right: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, right, "1")
    answer_all(app, world, world.amina, "a1-07", options(app, world.version, "a1-07")[0], "1", number=2)
    preview = show(tariq, page, what="choose", correct=[wrong])
    assert "1 of 1 result changes." in preview.text
    assert "0 people would no longer pass." in preview.text
    assert "100 %, passed 0 %, not passed passes with another attempt" in preview.text
    apply(tariq, preview)
    back = show(tariq, page, what="choose", correct=[right])
    assert "0 people would now pass." in back.text
    assert "0 %, not passed 100 %, passed passes with another attempt" in back.text


def test_a_test_that_only_measures_is_done_and_not_passed(
    app: Flask, world: World, browse: Callable[..., Browser], tariq: Browser, page: str
) -> None:
    before = Exam(app, world, browse(world.amina), assign_exams(app, world))
    path = before.start()
    before.submit(path)
    asked = next(item for item in before.attempt(path).paper if item.startswith("a1"))
    preview = show(tariq, page.replace(ITEM, asked), what="give")
    assert "Test before, attempt 1 0 %, done 33 %, done another score" in preview.text


def test_who_has_left_the_cohort_is_marked_again_and_not_named(
    app: Flask,
    world: World,
    tariq: Browser,
    page: str,
    wrong: str,
    results: Callable[[], list[tuple[int, int, bool]]],
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.amina).values(ended_at=NOW))
        db.session.commit()
    preview = show(tariq, page, what="give")
    assert "somebody who has left the cohort" in preview.text and "Amina" not in preview.text
    apply(tariq, preview)
    assert results() == [(1, 0, False), (2, 100, True)]


def test_a_reason_is_needed_and_has_at_most_200_letters(
    app: Flask, world: World, tariq: Browser, page: str, wrong: str, facts: Callable[..., list[Any]]
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    preview = show(tariq, page, what="give")
    for reason, sentence in (("", "Write why it is marked again."), ("x" * 201, "Use at most 200 letters.")):
        again = apply(tariq, preview, reason)
        assert again.status == 422 and sentence in again.text
        assert "1 of 1 result changes." in again.text
    assert facts(KeyChange) == []


def test_what_makes_no_sense_is_refused_with_a_sentence(
    app: Flask, world: World, tariq: Browser, page: str, right: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    assert "Choose at least one choice" in show(tariq, page, what="choose", correct=[]).text
    assert "This is what counts already." in show(tariq, page, what="choose", correct=[right]).text
    preview = show(tariq, page, what="give")
    for forged in ('{"correct": ["nothing"]}', '{"correct": []}', "no json", '{"score": 1}'):
        assert apply(tariq, preview, ruling=forged).status == 422


def test_a_question_that_nobody_in_the_cohort_was_marked_for_is_not_there(
    app: Flask, world: World, tariq: Browser, page: str, wrong: str
) -> None:
    assert tariq.get(page).status == 404
    answer_all(app, world, world.chidi, ITEM, wrong, "0", assignment_id=world.lenas_assignment)
    assert tariq.get(page).status == 404
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    assert tariq.get(page).status == 200
    assert tariq.get(page.replace(str(world.version), str(uuid.uuid4()))).status == 404
    assert tariq.get(page.replace(ITEM, "a1-0_")).status == 404


@pytest.mark.parametrize("is_reworded", [False, True])
def test_each_version_in_which_the_question_is_the_same_is_marked_again(
    app: Flask, world: World, tariq: Browser, page: str, wrong: str, is_reworded: bool
) -> None:
    old = "A task to protect civilians" if is_reworded else "No. Papers"
    new = "A duty to protect civilians" if is_reworded else "Papers"
    with app.app_context():
        _course, [version] = publish_course(course_files(questions=QUESTIONS.replace(old, new)), by=None, at=NOW)
        second = version.id
        db.session.commit()
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    answer_all(app, world, world.bruno, ITEM, options(app, second, ITEM)[1][0], "0", module_version_id=second)
    preview = show(tariq, page, what="give")
    assert ("1 of 1 result changes." if is_reworded else "2 of 2 results change.") in preview.text
    apply(tariq, preview)
    assert the_log_gives_every_result_again(app)


def test_an_answer_that_came_late_does_not_count_in_the_second_marking_either(
    app: Flask, world: World, tariq: Browser, page: str, right: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    with app.app_context():
        attempt = db.session.scalars(sa.select(Attempt.id)).one()
        late = {"item_id": ITEM, "answer": right, "sequence": 9, "received_at": NOW + timedelta(seconds=1)}
        db.session.add(Response(attempt_id=attempt, id=uuid.uuid4(), **late))
        db.session.commit()
    other = options(app, world.version, ITEM)[1][1]
    assert "0 of 1 result changes." in show(tariq, page, what="choose", correct=[right, other]).text


def test_marking_again_costs_the_same_statements_for_few_and_for_many(
    app: Flask, world: World, tariq: Browser, page: str, wrong: str, count_statements: Any
) -> None:
    def cost(place: int) -> list[int]:
        with count_statements() as shown:
            preview = show(tariq, page, what="give" if place % 2 == 0 else "publish")
        with count_statements() as done:
            apply(tariq, preview)
        return [len(shown), len(done)]

    answer_all(app, world, world.amina, ITEM, wrong, "0")
    cost(0), cost(1)  # documents are read once
    few = [cost(2), cost(3)]
    fill(app, world, 40)
    with app.app_context():
        papers = db.session.scalars(sa.select(Attempt.paper)).all()
        assert sum(ITEM in paper for paper in papers) > 40
    assert [cost(4), cost(5)] == few


def test_the_questions_page_leads_to_it_and_shows_what_counts_now(
    app: Flask, world: World, tariq: Browser, home: str, page: str, right: str, wrong: str
) -> None:
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    questions = tariq.open(f"{home}/questions")
    assert page in questions.links()
    apply(tariq, show(tariq, page, what="choose", correct=[wrong]))
    questions = tariq.open(f"{home}/questions")
    assert "The key was put right on" in questions.text and REASON in questions.text
    assert "Marks earned 100 %" in questions.text
    with app.app_context():
        assert db.session.get_one(Assignment, world.assignment).module_version_id == world.version


def test_whoever_submits_while_a_question_is_marked_again_gets_the_key_that_counts(
    app: Flask, world: World, wrong: str, member: Callable[..., uuid.UUID]
) -> None:
    """Four submit at the same moment in which Tariq and Ada leave the question out: nobody is missed, and
    what was applied is what was shown."""
    people = [member(f"Racer{number}", world.tariqs_cohort) for number in range(4)]
    answer_all(app, world, world.amina, ITEM, wrong, "0")
    with app.app_context():
        for person in people:
            paper = {"module_version_id": world.version, "assessment": "quiz", "paper": [ITEM], "started_at": NOW}
            attempt = Attempt(user_id=person, assignment_id=world.assignment, number=1, **paper)
            db.session.add(attempt)
            db.session.flush()
            given = {"item_id": ITEM, "answer": wrong, "sequence": 1, "received_at": NOW}
            db.session.add(Response(attempt_id=attempt.id, id=uuid.uuid4(), **given))
        db.session.commit()
        open_ones = db.session.scalars(sa.select(Attempt.id).where(Attempt.user_id.in_(people))).all()
    gate = Barrier(len(open_ones) + 2)

    def hand_in(attempt: uuid.UUID) -> int:
        gate.wait(timeout=30)
        with app.app_context():
            submit(db.session.get_one(Attempt, attempt), at=now())
            db.session.commit()
        return 0

    def leave_out(by: uuid.UUID) -> int:
        """Try until what was shown is what is done; how many results that changed."""
        gate.wait(timeout=30)
        for _try in range(30):
            with app.app_context():
                cohort = db.session.get_one(Cohort, world.tariqs_cohort)
                question = marking_again.question_in(cohort, db.session.get_one(ModuleVersion, world.version), ITEM)
                ruling, scope = Ruling(given_to_all=True), None if by == world.ada else cohort.id
                try:
                    digest = marking_again.preview(question, ruling, scope).digest
                    db.session.rollback()
                    done = marking_again.apply(
                        question, ruling, scope, digest=digest, reason=REASON, by=by, at=now() - timedelta(seconds=1)
                    )
                    db.session.commit()
                    return len(done.changed)
                except marking_again.Stale as stale:
                    db.session.rollback()
                    assert stale.preview.digest != digest
                except Problem:
                    return 0  # Ada was faster, and it counts for all
        raise AssertionError("papers never came to rest")

    with ThreadPoolExecutor(len(open_ones) + 2) as pool:
        acts = [pool.submit(hand_in, one) for one in open_ones]
        rulings = [pool.submit(leave_out, by) for by in (world.tariq, world.ada)]
        for act in (*acts, *rulings):
            act.result(timeout=100)
    assert sum(act.result() for act in rulings) >= 1  # Amina's, and whoever had submitted before
    with app.app_context():
        last = {one.attempt_id: one for one in db.session.scalars(sa.select(Result).order_by(Result.run))}
        assert len(last) == 5
        assert all(one.marks[ITEM][0] == "1" and one.passed for one in last.values())
    assert the_log_gives_every_result_again(app)
