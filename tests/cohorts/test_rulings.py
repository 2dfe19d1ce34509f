"""The key of a question of any type was wrong: Tariq and Ada put it right, and everybody reads what counts now."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.test_marking_again import apply, show, the_log_gives_every_result_again
from tests.cohorts.test_reports import answer_all, lines
from tests.factories_types import EXAMINED, amiss, every_type, perfect, ruling_by
from tests.learning.conftest import Quiz
from tests.pages import Browser, Element, Page, values, words
from tests.people import World, make_world
from training.curriculum import module_of
from training.db import db
from training.domain.content import Answer, Item, ItemKey
from training.keys import key_of
from training.models import Attempt, HandMark, KeyChange, Result

TYPES = [kind for kind in EXAMINED if kind != "short-answer"]  # which no rule marks
DRIVER = "The driver of the water truck"  # fits nothing, as it was published


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app, every_type())


Course = Mapping[str, tuple[Item, ItemKey]]


@pytest.fixture
def course(app: Flask, world: World) -> Course:
    """By type: the question of the quiz with its published key."""
    with app.app_context():
        items, keys = module_of(world.version).item_by_id, key_of(world.version)
    return {kind: (items[item], keys[item]) for kind, item in EXAMINED.items()}


@dataclass
class Desk:
    """Where Tariq puts keys right."""

    app: Flask
    world: World
    browse: Callable[..., Browser]
    course: Course
    tariq: Browser

    @property
    def home(self) -> str:
        return f"/cohorts/{self.world.tariqs_cohort}"

    def address(self, kind: str) -> str:
        return f"{self.home}/questions/{self.world.version}/{EXAMINED[kind]}/key"

    def show(self, kind: str, **chosen: Any) -> Page:
        return show(self.tariq, self.address(kind), **chosen)

    def answered(self, person: uuid.UUID, kind: str, answer: Answer | None, mark: str) -> None:
        answer_all(self.app, self.world, person, EXAMINED[kind], answer, mark)

    def read_again(self, person: uuid.UUID) -> tuple[Page, Page]:
        """The attempt as its trainee reads it, and as Tariq does."""
        with self.app.app_context():
            attempt = db.session.scalars(sa.select(Attempt.id).where(Attempt.user_id == person)).one()
        return (
            self.browse(person).open(f"/attempts/{attempt}/result"),
            self.tariq.open(f"{self.home}/people/{person}/attempts/{attempt}"),
        )

    def rows(self) -> list[list[str]]:
        """The file of the questions."""
        return lines(self.tariq.submit(self.tariq.open(f"{self.home}/questions"), "questions.csv"))

    def written(self) -> tuple[Quiz, str, str]:
        """Amina's quiz with a written answer, its path, and where Tariq marks it."""
        quiz = Quiz(self.app, self.world, self.browse(self.world.amina))
        path, item = quiz.start(), EXAMINED["short-answer"]
        quiz.save(path, {item: {"text": "So that there is time."}})
        quiz.submit(path)
        return quiz, path, f"{self.home}/answers/{path.split('/')[2]}/{item}"


@pytest.fixture
def desk(app: Flask, world: World, browse: Callable[..., Browser], course: Course, tariq: Browser) -> Desk:
    return Desk(app, world, browse, course, tariq)


def id_of(item: Item, text: str) -> str:
    return next(one for one, words in item.text_of.items() if words == text)


def fields(item: Item, answer: Answer) -> dict[str, Any]:
    """What the form says by which *answer* is right."""
    match item.type, answer:
        case "single-choice", str():
            return {"correct": [answer]}
        case "multiple-choice", list():
            return {"correct": answer}
        case "true-false", dict():
            return {"claim": answer["claim"], "correct": [answer["reason"]]}
        case "numeric", str():
            return {"value": answer, "tolerance": "0"}
        case _, dict():
            return {f"parts.{part}": given for part, given in answer.items()}
    raise AssertionError(answer)


def asked(page: Page, item: Item) -> str:
    """What an attempt's page says at a question."""
    found = next(element for element in page.root.iter() if element.get("id") == f"question-{item.id}")
    return words(found)


def card(page: Page) -> str:
    """What the page of a key says of the question."""
    return words(page.all("section", "card")[0])


def in_turn(element: Element) -> list[str]:
    return [words(line) for line in element.findall("li")]


# --- Each type


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("by", ["tariq", "ada"])
def test_the_key_of_each_type_is_put_right_and_the_log_gives_every_result_again(desk: Desk, by: str, kind: str) -> None:
    item, key = desk.course[kind]
    right, wrong = perfect(item, key), amiss(item, key)
    desk.answered(desk.world.amina, item.type, wrong, "0")
    desk.answered(desk.world.bruno, item.type, right, "1")
    trainer, scope = desk.browse(getattr(desk.world, by)), {"scope": "all"} if by == "ada" else {}
    preview = show(trainer, desk.address(kind), **fields(item, wrong), **scope)
    assert "2 of 2 results change." in preview.text and "1 person would now pass." in preview.text
    apply(trainer, preview)
    with desk.app.app_context():
        whose = sa.select(Attempt.user_id, Result.run, Result.passed).join(Result, Result.attempt_id == Attempt.id)
        passed = {(user, run): passed for user, run, passed in db.session.execute(whose)}
        [change] = db.session.scalars(sa.select(KeyChange))
        assert change.change == json.loads(ruling_by(item, wrong).model_dump_json(exclude_defaults=True))
        assert change.cohort_id == (None if by == "ada" else desk.world.tariqs_cohort)
        assert key_of.__wrapped__(desk.world.version)[item.id] == key
    amina, bruno = desk.world.amina, desk.world.bruno
    assert passed == {(amina, 1): False, (amina, 2): True, (bruno, 1): True, (bruno, 2): False}
    assert the_log_gives_every_result_again(desk.app)


@pytest.mark.parametrize("kind", EXAMINED)
def test_the_form_is_filled_in_with_what_counts_now(desk: Desk, kind: str) -> None:
    item, key = desk.course[kind]
    desk.answered(desk.world.amina, item.type, perfect(item, key), "1")
    page = desk.tariq.open(desk.address(kind))
    assert "What counts now" in page.text and "What was published" not in page.text
    same = desk.tariq.submit(page)
    assert same.status == 422 and "This is what counts already." in same.text
    sent, again = values(page.form()), values(same.form())
    assert again | {"csrf_token": sent["csrf_token"]} == sent and sent["what"] == ["choose"]
    if kind == "numeric":
        assert (sent["value"], sent["tolerance"]) == (["1250"], ["0.5"])
    elif kind == "short-answer":
        assert sorted(sent["ideas"]) == sorted(key.options)
    else:
        shown = {name: value[0] if name != "correct" else sorted(value) for name, value in sent.items()}
        assert fields(item, perfect(item, key)).items() <= shown.items()


def test_the_right_side_of_a_line_is_put_right_and_the_trainee_reads_it(desk: Desk) -> None:
    item, key = desk.course["matching"]
    child = id_of(item, "A child alone at the gate")
    desk.answered(desk.world.amina, item.type, perfect(item, key), "1")
    preview = desk.show("matching", **{f"parts.{child}": id_of(item, DRIVER)})
    assert f"A child alone at the gate Right: {DRIVER}" in card(preview)
    assert "100 %, passed 66 %, not passed" in preview.text
    apply(desk.tariq, preview)
    page = desk.tariq.open(desk.address("matching"))
    now, published = card(page).split("What was published")
    assert f"gate Right: {DRIVER}" in now and "gate Right: The child protection adviser" in published
    assert values(page.form())[f"parts.{child}"] == [id_of(item, DRIVER)]
    for shown in desk.read_again(desk.world.amina):
        says = asked(shown, item)
        assert f"Your choice, but not right: The child protection adviser Right: {DRIVER}" in says
        assert "Right in part: 66 % of the mark." in says
        assert "The explanations here were written before that." in says
    report = desk.tariq.open(f"{desk.home}/questions")
    chosen = next(line for line in report.all("li") if DRIVER in words(line))
    assert words(chosen).startswith("Right")
    cells = {(row[20], row[10]): row[11] for row in desk.rows()}
    assert cells["A child alone at the gate", DRIVER] == "yes"
    assert cells["A child alone at the gate", "The child protection adviser"] == "no"


@pytest.mark.parametrize("kind", ["ordering", "ranking"])
def test_an_order_is_put_right_and_the_trainee_reads_it(desk: Desk, kind: str) -> None:
    item, key = desk.course[kind]
    backwards = [item.text_of[line] for line in reversed(key.order)]
    desk.answered(desk.world.amina, item.type, perfect(item, key), "1")
    preview = desk.show(kind, **fields(item, amiss(item, key)))
    assert in_turn(preview.all("ol", "ordered")[0]) == backwards
    apply(desk.tariq, preview)
    page = desk.tariq.open(desk.address(kind))
    assert [in_turn(one) for one in page.all("ol", "ordered")] == [backwards, backwards[::-1]]
    assert [words(label) for label in page.all("ol", "lines")[0].iter("label")] == backwards
    for shown in desk.read_again(desk.world.amina):
        told = [words(line.find("p")) for line in shown.all("ol", "ordered")[0].findall("li")]
        assert told == backwards
        assert f"You gave it place {len(backwards)}." in asked(shown, item)
    first = next(row for row in desk.rows() if row[11] == "yes")
    assert (first[20], first[10]) == (backwards[0], "Place 1")


def test_a_number_is_put_right_and_the_trainee_reads_it(desk: Desk) -> None:
    item, key = desk.course["numeric"]
    desk.answered(desk.world.amina, item.type, "125", "0")
    desk.answered(desk.world.bruno, item.type, "1250", "1")
    preview = desk.show("numeric", value="125,5 litres", tolerance="١")
    assert "125.5 litres, 1 more or less is right too" in card(preview)
    apply(desk.tariq, preview)
    now, published = card(desk.tariq.open(desk.address("numeric"))).split("What was published")
    assert "125.5 litres, 1 more or less" in now and "1,250 litres, 0.5 more or less" in published
    for person, said in (
        (desk.world.amina, "Right. 125.5 litres, 1 more or less is right too You wrote 125, and that is right."),
        (
            desk.world.bruno,
            "Not right. 125.5 litres, 1 more or less is right too This would be right. You wrote 1,250.",
        ),
    ):
        for shown in desk.read_again(person):
            assert said in asked(shown, item)
            assert "Taught about a missing zero." not in asked(shown, item)  # 125 is no wrong number any more
    rows = {row[10]: row[11:13] for row in desk.rows()}
    assert rows["125.5 litres"] == ["yes", "1"] and rows["1,250 litres"] == ["no", "1"]
    assert "125 litres" not in rows


def test_near_a_wrong_number_is_not_that_number_however_wide_the_range(desk: Desk) -> None:
    item, _key = desk.course["numeric"]
    desk.answered(desk.world.amina, item.type, "2600", "0")
    desk.answered(desk.world.bruno, item.type, "2500", "0")
    apply(desk.tariq, desk.show("numeric", value="1250", tolerance="200"))
    wrote = "This is the number that you wrote, but it is not right."
    for shown in desk.read_again(desk.world.amina):
        assert "You wrote 2,600." in asked(shown, item) and wrote not in asked(shown, item)
    for shown in desk.read_again(desk.world.bruno):
        assert f"2,500 litres {wrote}" in asked(shown, item)
    rows = {row[10]: row[11:13] for row in desk.rows()}
    assert rows["2,500 litres"] == ["no", "1"] and rows["2,600 litres"] == ["no", "1"]


def test_a_key_idea_is_taken_out_of_what_was_marked_by_hand_and_comes_back(desk: Desk) -> None:
    item, key = desk.course["short-answer"]
    time, warned = sorted(key.options, key=lambda idea: key.options[idea].text or "")
    quiz, path, way = desk.written()
    desk.tariq.submit(desk.tariq.open(way), "answers/", ideas=[time])

    def mark() -> str | None:
        given: str | None = quiz.results(path)[-1].marks[item.id][0]
        return given

    assert mark() == "1/2"
    preview = desk.show("short-answer", ideas=[time])
    assert "Does not count People can be warned" in card(preview)
    apply(desk.tariq, preview, "The lesson does not say this.")
    assert mark() == "1"
    for shown in desk.read_again(desk.world.amina):
        assert "1 of 1 key ideas." in asked(shown, item)
        assert "People can be warned" not in asked(shown, item)
    page = desk.tariq.open(way)
    assert "1 of 1 key ideas" in page.text and "People can be warned Does not count" in page.text
    desk.tariq.submit(page, "answers/", ideas=[time, warned])  # what does not count now may count again
    assert mark() == "1"
    apply(desk.tariq, desk.show("short-answer", what="publish"), "It does say so.")
    assert mark() == "1"
    assert "What was published counts again." in quiz.browser.open(f"{path}/result").text
    with desk.app.app_context():
        assert [one.mark for one in db.session.scalars(sa.select(HandMark).order_by(HandMark.id))] == [
            Fraction(1, 2),
            1,
        ]
    assert the_log_gives_every_result_again(desk.app)


def test_an_answer_is_marked_by_the_ideas_that_count(desk: Desk) -> None:
    item, key = desk.course["short-answer"]
    first, second = sorted(key.options)
    quiz, path, way = desk.written()
    preview = desk.show("short-answer", ideas=[second])
    assert "0 of 1 result changes." in preview.text  # it still waits
    apply(desk.tariq, preview)
    desk.tariq.submit(desk.tariq.open(way), "answers/", ideas=[first])
    assert quiz.results(path)[-1].marks[item.id][0] == "0"
    desk.tariq.submit(desk.tariq.open(way), "answers/", ideas=[second])
    assert quiz.results(path)[-1].marks[item.id][0] == "1"
    assert the_log_gives_every_result_again(desk.app)


# --- What cannot be


@pytest.mark.parametrize(
    ("kind", "changed", "sentence"),
    [
        ("matching", {"A body in the field": ""}, "Choose what belongs to “A body in the field”."),
        ("ordering", {"Write it down": "1"}, "Give “See what happens” a place of its own."),
        ("ordering", {"Write it down": ""}, "Give “Write it down” a place of its own."),
        ("ranking", {"Drive through the crowd": "1"}, "Give “Speak with its leader” a place of its own."),
        ("numeric", {"value": "a lot"}, "“a lot” is not one number."),
        ("numeric", {"value": "1,250"}, "“1,250” is not one number."),
        ("numeric", {"value": ""}, "Write the right number."),
        ("numeric", {"tolerance": "-1"}, "Write a number that is 0 or more"),
        ("numeric", {"tolerance": "little"}, "Write a number that is 0 or more"),
        ("numeric", {"tolerance": ""}, "Write a number that is 0 or more"),
        ("short-answer", {"ideas": []}, "Tick at least one key idea that counts"),
        ("multiple-choice", {"correct": []}, "Choose at least one choice that counts as right"),
    ],
)
def test_what_cannot_be_right_is_told_and_nothing_that_was_given_is_lost(
    desk: Desk, kind: str, changed: dict[str, Any], sentence: str
) -> None:
    item, key = desk.course[kind]
    desk.answered(desk.world.amina, item.type, perfect(item, key), "1")
    given = {
        f"parts.{id_of(item, name)}" if name in item.text_of.values() else name: value
        for name, value in changed.items()
    }
    page = desk.show(kind, **given)
    assert page.status == 422 and sentence in page.text
    kept = values(page.form())
    assert {name: kept.get(name, []) for name in given} == {
        name: value if isinstance(value, list) else [value] for name, value in given.items()
    }
    summary = page.all("div", "error-summary")[0]
    assert sentence in words(summary) and summary.find(".//a") is not None
    left_out = desk.tariq.submit(page, what="give")  # what stands below does not matter then
    assert left_out.heading == "What would change"


@pytest.mark.parametrize("kind", ["matching", "ordering", "ranking"])
def test_a_part_of_another_question_is_refused(desk: Desk, kind: str) -> None:
    item, key = desk.course[kind]
    desk.answered(desk.world.amina, item.type, perfect(item, key), "1")
    first = item.options[0].id
    for forged in ({"parts.99999999": "1"}, {f"parts.{first}": "99"}, {f"parts.{first}": "no such thing"}):
        page = desk.show(kind, **forged)
        assert page.status == 422 and "Load the page again and repeat the step." in page.text


@pytest.mark.parametrize("kind", EXAMINED)
def test_a_ruling_that_does_not_fit_the_question_is_not_applied(desk: Desk, kind: str) -> None:
    item, key = desk.course[kind]
    desk.answered(desk.world.amina, item.type, None, "0")
    preview = desk.show(kind, what="give")
    others = [ruling_by(*desk.course[other][:1], perfect(*desk.course[other])) for other in TYPES if other != kind]
    forged = [one.model_dump_json(exclude_defaults=True) for one in others]
    forged += [
        '{"given_to_all": true, "value": "1"}',
        '{"order": ["a", "b"]}',
        '{"matches": [["a", "b"]]}',
        '{"value": "ten"}',
    ]
    forged += ['{"value": 10}', '{"tolerance": "-1"}', '{"ideas": []}', '{"ideas": ["99999999"]}']
    for ruling in forged:
        assert apply(desk.tariq, preview, ruling=ruling).status == 422, ruling
    with desk.app.app_context():
        assert not db.session.scalars(sa.select(KeyChange)).all()
