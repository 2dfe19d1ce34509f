"""Amina walks through a scenario; Tariq sees how."""

import uuid
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories_course import MODULE, course_files
from tests.learning.conftest import Browse
from tests.pages import Browser, Page
from tests.people import NOW, World
from training.db import db
from training.models import Assignment, ScenarioStep
from training.publishing.publish import publish_course


@pytest.fixture
def story(world: World) -> str:
    return f"/modules/{world.assignment}/scenarios/people-on-the-road"


def choose(browser: Browser, page: Page, words: str) -> Page:
    """Press the button after choosing what begins with these words."""
    field = next(one.get("for") for one in page.form("scenarios").iter("label") if text_of(one).startswith(words))
    return browser.submit(page, "scenarios", choice=value_of(page, f"@id='{field}'"))


def value_of(page: Page, attribute: str) -> str:
    field = page.form("scenarios").find(f".//input[{attribute}]")
    assert field is not None
    return str(field.get("value"))


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def steps(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(ScenarioStep.point).order_by(ScenarioStep.at, ScenarioStep.number)))


def test_a_decision_shows_what_comes_of_it_and_the_path_is_kept(
    app: Flask, world: World, browse: Browse, story: str
) -> None:
    amina = browse(world.amina)
    page = amina.open(story)
    assert "They are alone." not in page.html
    page = choose(amina, page, "Drive on")
    assert "They are alone." in page.text
    assert "Harmful." in page.text
    assert "Smoke rises" in browse(world.amina).open(story).text  # on another device, in the same place
    page = choose(amina, page, "Report it")
    page = choose(amina, page, "Write down")
    assert "The civilians are protected in part" in page.text
    assert "Some are safe." in page.text
    assert "Learn whom to call." in page.text
    assert "Two people are hurt." not in page.html
    assert steps(app) == ["dp1", "dp3", "dp2"]
    module = amina.open(f"/modules/{world.assignment}")
    assert "The civilians are protected in part" in module.text


def test_a_scenario_is_offered_before_the_quiz_and_counts_as_done_once_it_has_ended(
    world: World, browse: Browse, story: str
) -> None:
    amina, tariq = browse(world.amina), browse(world.tariq)
    module = f"/modules/{world.assignment}"
    for lesson in {link for link in amina.open(module).links() if "/lessons/" in link}:
        amina.submit(amina.open(lesson), "finish")
    for page in (amina.open("/"), amina.open(module)):
        assert "This is optional and does not count." in page.text
        assert story in page.links()
        assert f"{module}/quizzes/quiz" in page.links()
    page = choose(amina, amina.open(story), "Stop")
    assert "Go on with this scenario" in amina.open("/").text
    choose(amina, page, "Write")
    assert story not in amina.open("/").links()
    home = f"/cohorts/{world.tariqs_cohort}"
    pages = (amina.open("/"), amina.open(module), tariq.open(home), tariq.open(f"{home}/people/{world.amina}"))
    assert all("75 %" in page.text or "75%" in page.text for page in pages)
    assert ",75," in tariq.submit(tariq.open(home), "results.csv").html


def test_a_red_line_stops_the_story_and_says_why(world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    page = choose(amina, amina.open(story), "Take money")
    assert "A red line is crossed." in page.text
    assert "This is misconduct." in page.text
    assert "They say that armed men are near." in text_of(page.form("scenarios"))
    page = choose(amina, choose(amina, page, "Stop"), "Write")
    assert "The civilians are protected in part" in page.text
    assert "A red line was crossed on the way." in page.text


def test_pressing_the_button_twice_decides_once(app: Flask, world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    page = amina.open(story)
    choose(amina, page, "Drive on")
    again = choose(amina, page, "Stop")  # the same page once more, on a bad line, and with another choice
    assert "They are alone." in again.text
    assert steps(app) == ["dp1"]


def test_nothing_chosen_is_told_in_a_sentence(app: Flask, world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    page = amina.submit(amina.open(story), "scenarios")
    assert page.status == 422
    assert "Choose what you do, then press the button." in page.text
    assert steps(app) == []


@pytest.mark.parametrize(
    "forged", [{"choice": "nonsense"}, {"number": "3"}, {"run": "x"}, {"number": "x"}, {"number": "0"}]
)
def test_a_forged_decision_is_refused(app: Flask, world: World, browse: Browse, story: str, forged: dict) -> None:
    amina = browse(world.amina)
    fields = {"run": str(uuid.uuid4()), "number": "1", "choice": "0" * 8} | forged
    assert amina.post(story, **fields).status == 422
    assert steps(app) == []


def test_nobody_goes_on_with_the_run_of_another(app: Flask, world: World, browse: Browse, story: str) -> None:
    amina, bruno = browse(world.amina), browse(world.bruno)
    page = amina.open(story)
    run = value_of(page, "@name='run'")
    choose(amina, page, "Stop")
    taken = value_of(page, "@id='choice-0'")
    bruno.post(story, run=run, number="1", choice=taken)
    assert steps(app) == ["dp1"]
    assert "Your report can be used." not in bruno.open(story).text
    assert "Decision 1" in bruno.open(story).text


def test_a_story_may_be_walked_again_from_the_start(app: Flask, world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    page = choose(amina, choose(amina, amina.open(story), "Drive"), "Say nothing")
    assert "Harm was done" in page.text
    page = amina.open(story + "?again=1")
    assert "Decision 1" in page.text
    page = choose(amina, choose(amina, page, "Stop"), "Write")
    assert "The civilians are protected" in page.text
    assert len(steps(app)) == 4


def test_a_run_stays_in_the_version_in_which_it_began(app: Flask, world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    choose(amina, amina.open(story), "Stop")
    with app.app_context():
        changed = course_files(module=MODULE.replace("Know the task", "Learn the task"), scenario=None)
        _course, [version] = publish_course(changed, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    assert amina.get(story).status == 404  # the new version has no such scenario
    tariq = browse(world.tariq)
    person = tariq.open(f"/cohorts/{world.tariqs_cohort}/people/{world.amina}")
    assert "You learn what they saw." in tariq.open(next(link for link in person.links() if "/scenarios/" in link)).text


def test_a_trainer_sees_the_path_of_an_own_trainee(world: World, browse: Browse, story: str) -> None:
    amina = browse(world.amina)
    choose(amina, choose(amina, amina.open(story), "Drive"), "Say nothing")
    tariq = browse(world.tariq)
    person = tariq.open(f"/cohorts/{world.tariqs_cohort}/people/{world.amina}")
    assert "Harm was done" in person.text
    page = tariq.open(next(link for link in person.links() if "/scenarios/" in link))
    assert "Nobody comes." in page.text
    assert "Of the best that could be done" in page.text


def test_the_pages_cost_the_same_however_long_the_story(
    world: World, browse: Browse, story: str, count_statements: object
) -> None:
    amina = browse(world.amina)
    page = amina.open(story)  # the module is kept in memory from here on
    with count_statements() as first:  # type: ignore[operator]
        amina.open(story)
    page = choose(amina, choose(amina, choose(amina, page, "Drive"), "Report"), "Write")
    with count_statements() as last:  # type: ignore[operator]
        amina.open(story)
    assert len(first) == len(last) <= 4
