"""Tariq reads what his people answered instead, for every type of question."""

import csv
import io

import pytest
from flask import Flask

from tests.factories_types import EXAMINED, every_type, perfect
from tests.learning.conftest import Browse, Quiz
from tests.pages import Page, words
from tests.people import World, make_world
from training.curriculum import module_of
from training.domain.content import Answer, Item, ItemKey
from training.keys import key_of


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app, every_type(own_words=False))


@pytest.fixture
def report(app: Flask, world: World, browse: Browse) -> Page:
    """Amina answers everything right, Bruno everything wrong."""
    with app.app_context():
        items, keys = module_of(world.version).item_by_id, key_of(world.version)
    for person, answer in ((world.amina, perfect), (world.bruno, mistaken)):
        quiz = Quiz(app, world, browse(person))
        path = quiz.start()
        saved = quiz.save(path, {item: answer(items[item], keys[item]) for item in quiz.attempt(path).paper})
        assert set(saved.values()) == {"saved"}
        quiz.submit(path)
    return browse(world.tariq).open(f"/cohorts/{world.tariqs_cohort}/questions")


def mistaken(item: Item, key: ItemKey) -> Answer:
    right = perfect(item, key)
    match item.type:
        case "matching":
            decoy = next(match.id for match in item.matches if match.id not in key.matches.values())
            return dict.fromkeys(key.matches, decoy)
        case "ordering" | "ranking":
            return {option: str(place) for place, option in enumerate(reversed(key.order), start=1)}
        case "numeric":
            return "777"
        case "true-false":
            assert isinstance(right, dict)
            return {"claim": "false" if right["claim"] == "true" else "true", "reason": wrong_of(item, key)}
    return [wrong_of(item, key)] if isinstance(right, list) else wrong_of(item, key)


def wrong_of(item: Item, key: ItemKey) -> str:
    return next(option.id for option in item.options if option.id not in key.correct)


def said(page: Page, stem: str) -> str:
    return next(words(card) for card in page.all("section", "card") if stem in words(card))


def test_a_matching_says_for_each_line_what_was_matched_to_it(report: Page) -> None:
    asked = said(report, "Whom do you tell in the graded village?")
    assert "A body in the field Right The human rights officer 50 % chosen 1 time" in asked
    assert asked.count("The driver of the water truck 50 % chosen 1 time") == 3
    assert "The engineers" in asked and asked.count("The engineers") == 1, "what nobody chose is left out"


def test_an_order_says_for_each_line_where_it_was_put_instead(report: Page) -> None:
    asked = said(report, "Put the steps of the graded report in order.")
    lines = ["See what happens", "Write it down", "Tell your commander", "Ask what was done"]
    assert [asked.index(line) for line in lines] == sorted(asked.index(line) for line in lines)
    assert "See what happens Right Place 1 50 % chosen 1 time Place 4 50 % chosen 1 time Write it down" in asked


def test_a_number_says_which_wrong_ones_were_written(report: Page) -> None:
    asked = said(report, "How many litres does the graded village need in a day?")
    assert "Right 1,250 litres 50 % chosen 1 time" in asked
    assert "Misconception M09 125 litres 0 % chosen 0 times" in asked
    assert "777 litres 50 % chosen 1 time" in asked


def test_a_statement_and_its_reason_stand_apart(report: Page) -> None:
    asked = said(report, "In the graded village, a person in doubt is a fighter.")
    assert "What was said of it: This statement is true 50 % chosen 1 time Right This statement is false" in asked
    assert "The reason:" in asked


def test_the_file_has_a_line_for_each_thing_that_was_said(report: Page, world: World, browse: Browse) -> None:
    tariq = browse(world.tariq)
    page = tariq.post(f"/cohorts/{world.tariqs_cohort}/questions.csv")
    rows = list(csv.DictReader(io.StringIO(page.response.get_data(as_text=True).lstrip("\ufeff"))))
    numbers = [(row["Option"], row["Right"], row["Chosen"]) for row in rows if row["Question"] == EXAMINED["numeric"]]
    assert numbers == [
        ("1,250 litres", "yes", "1"),
        ("2,500 litres", "no", "0"),
        ("125 litres", "no", "0"),
        ("777 litres", "no", "1"),
    ]
    places = {(row["Part"], row["Option"]): row["Chosen"] for row in rows if row["Question"] == EXAMINED["ranking"]}
    assert places["Speak with its leader", "Place 1"] == places["Speak with its leader", "Place 3"] == "1"
    assert {*EXAMINED.values()} - {row["Question"] for row in rows} == {EXAMINED["short-answer"]}


def test_tariq_reads_an_attempt_with_every_type(report: Page, world: World, browse: Browse) -> None:
    tariq = browse(world.tariq)
    person = tariq.open(f"/cohorts/{world.tariqs_cohort}/people/{world.bruno}")
    page = tariq.open(next(link for link in person.links() if "/attempts/" in link))
    assert "You gave it place 4." in page.text and "You wrote 777." in page.text
    assert page.text.count("Your choice, but not right: The driver of the water truck") == 3
