"""Running cohorts: making, changing, assigning, joining, and who may see them."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.conftest import Browse
from tests.factories_course import LESSON, course_files
from tests.pages import Browser
from tests.people import NOW, World
from training.curriculum import module_of
from training.db import db
from training.learning import scenarios
from training.models import Assignment, Attempt, Cohort, Enrolment, Event
from training.publishing.publish import publish_course


def test_tariq_sees_his_cohort_and_not_lenas(tariq: Browser) -> None:
    page = tariq.open("/cohorts")
    assert "First battalion" in page.text
    assert "Second battalion" not in page.text
    assert "2 people" in page.text


def test_ada_sees_every_cohort(ada: Browser) -> None:
    assert {"First battalion", "Second battalion"} <= set(re.findall(r"\w+ battalion", ada.open("/cohorts").text))


def test_the_list_tells_how_many_passed_every_module(
    tariq: Browser, world: World, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.amina)
    take_quiz(world.bruno, right=False)
    assert "1 of 2 passed every module" in tariq.open("/cohorts").text


def test_a_trainer_without_a_cohort_reads_what_to_do_first(app: Flask, browse: Browse, world: World) -> None:
    with app.app_context():
        db.session.execute(sa.delete(Assignment))
        db.session.execute(sa.delete(Enrolment))
        db.session.execute(sa.delete(Cohort))
        db.session.commit()
    assert "Make the first cohort" in browse(world.ada).open("/cohorts").text


def test_tariq_makes_a_cohort_and_becomes_its_trainer(
    app: Flask, tariq: Browser, world: World, events: Callable[[str], list[Event]]
) -> None:
    page = tariq.open("/cohorts/new")
    ticked = [i.get("value") for i in page.all("input") if i.get("checked") is not None]
    assert ticked == [world.module_slug]
    page = tariq.submit(
        page, name="Third company", unit="Unit 3", country="Ghana", deploys_on="2027-02-01", due_on="2027-01-15"
    )
    assert page.heading == "Third company"
    with app.app_context():
        cohort = db.session.scalars(sa.select(Cohort).where(Cohort.name == "Third company")).one()
        assert len(cohort.join_code) == 8
        [place] = db.session.scalars(sa.select(Enrolment).where(Enrolment.cohort_id == cohort.id)).all()
        assert (place.user_id, place.role) == (world.tariq, "trainer")
        [assignment] = db.session.scalars(sa.select(Assignment).where(Assignment.cohort_id == cohort.id)).all()
        assert assignment.module_version_id == world.version
        assert assignment.due_at is not None
        assert assignment.due_at.isoformat() == "2027-01-15T23:59:59+00:00"
    assert len(events("cohort-made")) == 1


def test_a_cohort_can_be_made_without_modules(app: Flask, ada: Browser) -> None:
    page = ada.submit(ada.open("/cohorts/new"), name="Empty", modules=[])
    assert "No module is assigned yet" in page.text
    assert "Nobody is in this cohort yet" in page.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write a name for the cohort."),
        ({"name": "x" * 121}, "Use at most 120 letters for the name."),
        ({"country": "x" * 81}, "Use at most 80 letters for the country."),
        ({"deploys_on": "1020-01-01"}, "Check the year"),
        ({"deploys_on": "soon"}, "This is not a date."),
        ({"modules": ["no-such-module"]}, "not a valid choice"),
    ],
)
def test_a_wrong_form_comes_back_with_a_sentence_and_what_was_typed(
    app: Flask, tariq: Browser, wrong: dict[str, Any], sentence: str
) -> None:
    page = tariq.submit(tariq.open("/cohorts/new"), **({"name": "Kept name", "unit": "Kept unit"} | wrong))
    assert page.status == 422
    assert "There is a problem" in page.text
    assert sentence in page.text
    assert "Kept unit" in page.html
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Cohort)) == 2


def test_tariq_changes_his_cohort(app: Flask, tariq: Browser, world: World, home: str) -> None:
    page = tariq.open(f"{home}/edit")
    data: dict[str, Any] = {"name": "New name", "unit": "Unit 9", "is_open": []}
    assert tariq.submit(page, **data).heading == "New name"
    with app.app_context():
        cohort = db.session.get_one(Cohort, world.tariqs_cohort)
        assert (cohort.name, cohort.unit, cohort.is_open) == ("New name", "Unit 9", False)
    assert tariq.submit(tariq.open(f"{home}/edit"), name="").status == 422


def test_the_join_sheet_shows_the_code_and_a_square_without_any_style(tariq: Browser, home: str) -> None:
    page = tariq.open(f"{home}/join-sheet")
    assert "FRST-2345" in page.text
    assert "http://localhost/join/FRST2345" in page.text
    assert "<path" in page.html and "style=" not in page.html


def test_a_new_join_code_replaces_the_old_one(app: Flask, tariq: Browser, home: str) -> None:
    page = tariq.submit(tariq.open(f"{home}/edit"), "join-code")
    assert page.heading == "Join the training"
    assert "FRST-2345" not in page.text


# Modules


@pytest.fixture
def second_version(app: Flask, world: World) -> uuid.UUID:
    with app.app_context():
        changed = course_files(lesson=LESSON.replace("In 1999 the Council", "In that year the Council"))
        _course, [version] = publish_course(changed, by=None, at=NOW)
        db.session.commit()
        return version.id


def test_tariq_moves_the_cohort_to_the_newest_version(
    app: Flask, tariq: Browser, world: World, home: str, second_version: uuid.UUID, events: Callable[[str], list[Event]]
) -> None:
    page = tariq.open(f"{home}/modules")
    assert "Version 2 of this module is out; this cohort is on version 1." in page.text
    page = tariq.submit(page, "/move")
    assert "The cohort is on version 2 now." in page.text
    with app.app_context():
        assert db.session.get_one(Assignment, world.assignment).module_version_id == second_version
        assert db.session.get_one(Assignment, world.lenas_assignment).module_version_id == world.version
    assert [event.detail["version"] for event in events("moved")] == [2]


def test_a_move_to_a_version_that_is_not_the_newest_changes_nothing(
    app: Flask, tariq: Browser, world: World, home: str, second_version: uuid.UUID
) -> None:
    move = f"{home}/modules/{world.assignment}/move"
    assert tariq.post(move, number="1").status == 409
    assert tariq.post(move, number="3").status == 409
    assert tariq.post(move, number="x").status == 422
    with app.app_context():
        assert db.session.get_one(Assignment, world.assignment).module_version_id == world.version


def test_a_running_attempt_stays_on_its_version_and_counts_after_the_move(
    app: Flask, tariq: Browser, world: World, home: str, aminas_quiz: Any, second_version: uuid.UUID
) -> None:
    path = aminas_quiz.start()
    tariq.submit(tariq.open(f"{home}/modules"), "/move")
    aminas_quiz.save(path, aminas_quiz.answers(path))
    aminas_quiz.submit(path)
    assert aminas_quiz.attempt(path).module_version_id == world.version
    assert "Passed: 1" in tariq.open(home).text


def test_a_withdrawn_module_comes_back_with_its_results(
    tariq: Browser, world: World, browse: Browse, home: str, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.amina)
    page = tariq.submit(tariq.open(f"{home}/modules"), "/withdraw")
    assert "Withdrawn" in page.text
    assert "No module is assigned yet" in tariq.open(home).text
    assert "Withdrawn" in tariq.open(f"{home}/people/{world.amina}").text
    assert "Nothing is assigned to you yet" in browse(world.amina).open("/").text
    tariq.submit(page, "/restore")
    assert "Passed: 1" in tariq.open(home).text


def test_tariq_changes_the_dates(app: Flask, tariq: Browser, world: World, home: str) -> None:
    dates = f"{home}/modules/{world.assignment}"
    page = tariq.submit(tariq.open(dates), opens_on="2026-12-01", due_on="2026-12-24")
    assert "due 24 Dec 2026" in page.text
    page = tariq.submit(tariq.open(dates), opens_on="2026-12-25")
    assert page.status == 422
    assert "The last day is before the first day." in page.text
    with app.app_context():
        assignment = db.session.get_one(Assignment, world.assignment)
        assert assignment.opens_at is not None and assignment.opens_at.isoformat() == "2026-12-01T00:00:00+00:00"
    tariq.submit(tariq.open(dates), opens_on="", due_on="")
    with app.app_context():
        assert db.session.get_one(Assignment, world.assignment).due_at is None


def test_tariq_assigns_a_module_that_the_cohort_does_not_have(
    app: Flask, tariq: Browser, world: World, home: str
) -> None:
    assert "The cohort has every module that is published." in tariq.open(f"{home}/modules").text
    with app.app_context():
        db.session.execute(sa.delete(Assignment).where(Assignment.cohort_id == world.tariqs_cohort))
        db.session.commit()
    page = tariq.open(f"{home}/modules")
    assert tariq.submit(page, module="no-such-module").status == 422
    assert "due 1 Mar 2027" in tariq.submit(page, module=world.module_slug, due_on="2027-03-01").text
    again = tariq.post(f"{home}/modules", module=world.module_slug)  # the page was open twice
    assert again.status == 409
    assert "The cohort has every module already." in again.text
    with app.app_context():
        mine = sa.select(sa.func.count()).where(Assignment.cohort_id == world.tariqs_cohort)
        assert db.session.scalar(mine) == 1


# Who may do what

READS = (
    "",
    "/edit",
    "/join-sheet",
    "/modules",
    "/modules/{assignment}",
    "/people",
    "/people/csv",
    "/people/{amina}",
    "/people/{amina}/trainee/end",
    "/people/{amina}/attempts/{attempt}",
    "/people/{amina}/scenarios/{run}",
    "/people/{amina}/allowances/{assignment}/quiz",
    "/modules/{assignment}/rules/quiz",
    "/questions",
    "/questions/{version}/{item}/key",
    "/answers",
)
WRITES = (
    "/edit",
    "/join-code",
    "/results.csv",
    "/questions.csv",
    "/modules",
    "/modules/{assignment}",
    "/modules/{assignment}/withdraw",
    "/modules/{assignment}/restore",
    "/modules/{assignment}/move",
    "/modules/{assignment}/rules/quiz",
    "/people/{amina}/allowances/{assignment}/quiz",
    "/people",
    "/people/csv",
    "/people/csv/add",
    "/people/links.csv",
    "/people/{amina}/trainee/end",
    "/people/{amina}/link",
    "/questions/{version}/{item}/key",
    "/questions/{version}/{item}/key/apply",
    "/answers/{attempt}/{item}",  # tests/cohorts/test_by_hand.py reads it, where an answer is there
)


def walk_scenario(app: Flask, world: World) -> uuid.UUID:
    """Amina's run through the scenario, with its first decision taken."""
    run = uuid.uuid4()
    with app.app_context():
        story = module_of(world.version).scenarios[0]
        assignment = db.session.get_one(Assignment, world.assignment)
        choice = story.points[0].choices[0].id
        scenarios.decide(world.amina, assignment, story, run=run, number=1, choice=choice, at=NOW)
        db.session.commit()
    return run


def test_tariqs_cohort_is_open_to_him_and_to_ada_only(
    app: Flask, world: World, browse: Browse, home: str, take_quiz: Callable[..., str]
) -> None:
    attempt = take_quiz(world.amina).split("/")[2]
    run = walk_scenario(app, world)
    with app.app_context():
        item = db.session.get_one(Attempt, uuid.UUID(attempt)).paper[0]
    ids = {"assignment": world.assignment, "amina": world.amina, "attempt": attempt, "run": run}
    ids |= {"version": world.version, "item": item}
    for who, expected in ((world.tariq, 200), (world.ada, 200), (world.lena, 404), (world.amina, 403), (None, 302)):
        browser = browse(who)
        for path in READS:
            page = browser.get(home + path.format(**ids))
            assert page.status == expected, (who, path, page.status)
            if who == world.lena:
                assert "Amina" not in page.html and "Bruno" not in page.html
    for who, expected in ((world.lena, 404), (world.amina, 403)):
        browser = browse(who)
        for path in WRITES:
            assert browser.post(home + path.format(**ids)).status == expected, (who, path)
    stranger = browse()
    for path in WRITES:
        assert stranger.client.post(home + path.format(**ids)).status_code in (302, 400)


def test_lena_reaches_nothing_of_tariqs_through_her_own_cohort(
    app: Flask, world: World, lena: Browser, take_quiz: Callable[..., str]
) -> None:
    attempt = take_quiz(world.amina).split("/")[2]
    hers = f"/cohorts/{world.lenas_cohort}"
    for path in (
        f"/people/{world.amina}",
        f"/people/{world.amina}/attempts/{attempt}",
        f"/people/{world.chidi}/attempts/{attempt}",
        f"/people/{world.chidi}/scenarios/{walk_scenario(app, world)}",
        f"/people/{world.amina}/trainee/end",
        f"/modules/{world.assignment}",
    ):
        assert lena.get(hers + path).status == 404, path
    for path in (
        f"/people/{world.amina}/link",
        f"/people/{world.amina}/trainee/end",
        f"/modules/{world.assignment}",
        f"/modules/{world.assignment}/withdraw",
        f"/modules/{world.assignment}/restore",
        f"/modules/{world.assignment}/move",
    ):
        assert lena.post(hers + path).status == 404, path


def test_lenas_pages_hold_no_word_of_tariqs_people(world: World, lena: Browser, take_quiz: Callable[..., str]) -> None:
    take_quiz(world.amina)
    hers = f"/cohorts/{world.lenas_cohort}"
    pages = ("", "/people", "/questions", "/modules", f"/people/{world.chidi}")
    for path in ("/cohorts", *(hers + page for page in pages)):
        html = lena.open(path).html
        for word in ("Amina", "Bruno", "Tariq", "amina@", "bruno@", "tariq@", "First battalion", str(world.amina)):
            assert word not in html, (path, word)
    for path in ("/results.csv", "/questions.csv"):
        assert "Amina" not in lena.post(hers + path).html


def test_amina_and_strangers_have_no_list_of_cohorts(world: World, browse: Browse) -> None:
    for path in ("/cohorts", "/cohorts/new"):
        assert browse(world.amina).get(path).status == 403
        assert browse().get(path).status == 302


def test_a_trainer_whose_place_has_ended_sees_the_cohort_no_more(
    app: Flask, tariq: Browser, world: World, home: str
) -> None:
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.tariq).values(ended_at=NOW))
        db.session.commit()
    assert tariq.get(home).status == 403


def test_names_stand_in_no_title(world: World, tariq: Browser, home: str) -> None:
    for path in ("", "/people", f"/people/{world.amina}", f"/people/{world.amina}/trainee/end"):
        title = re.search("<title>(.*?)</title>", tariq.open(home + path).html)
        assert title and "Canary" not in title[1] and "battalion" not in title[1]
