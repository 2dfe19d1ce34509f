"""The key of a question of any type was wrong: Tariq and Ada put it right, and everybody reads what counts now."""

import json
import uuid
from collections.abc import Callable, Mapping
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
from training.models import Attempt, HandMark, KeyChange, ModuleVersion, Result

TYPES = [kind for kind in EXAMINED if kind != "short-answer"]  # which no rule marks
DRIVER = "The driver of the water truck"  # fits nothing, as it was published


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app, every_type())


@pytest.fixture
def course(app: Flask, world: World) -> Mapping[str, tuple[Item, ItemKey]]:
    """By type: the question of the quiz with its published key."""
    with app.app_context():
        items, keys = module_of(world.version).item_by_id, key_of(world.version)
    return {kind: (items[item], keys[item]) for kind, item in EXAMINED.items()}


@pytest.fixture
def address(home: str, world: World) -> Callable[[str], str]:
    return lambda kind: f"{home}/questions/{world.version}/{EXAMINED[kind]}/key"


@pytest.fixture
def marks(app: Flask) -> Callable[[str], list[str | None]]:
    """What the results give for a question: of the first marking, then of the second one."""

    def of(kind: str) -> list[str | None]:
        with app.app_context():
            rows = db.session.scalars(sa.select(Result).order_by(Result.run, Result.attempt_id))
            return [one.marks[EXAMINED[kind]][0] for one in rows]

    return of


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


def attempt_of(app: Flask, person: uuid.UUID) -> uuid.UUID:
    with app.app_context():
        return db.session.scalars(sa.select(Attempt.id).where(Attempt.user_id == person)).one()


# --- Each type


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("by", ["tariq", "ada"])
def test_the_key_of_each_type_is_put_right_and_the_log_gives_every_result_again(
    app: Flask,
    world: World,
    browse: Callable[..., Browser],
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    marks: Callable[[str], list[str | None]],
    by: str,
    kind: str,
) -> None:
    item, key = course[kind]
    right, wrong = perfect(item, key), amiss(item, key)
    answer_all(app, world, world.amina, item.id, wrong, "0")
    answer_all(app, world, world.bruno, item.id, right, "1")
    trainer, scope = browse(getattr(world, by)), {"scope": "all"} if by == "ada" else {}
    preview = show(trainer, address(kind), **fields(item, wrong), **scope)
    assert "2 of 2 results change." in preview.text and "1 person would now pass." in preview.text
    apply(trainer, preview)
    assert sorted(marks(kind), key=str) == ["0", "0", "1", "1"]
    with app.app_context():
        people = dict(db.session.execute(sa.select(Attempt.id, Attempt.user_id)).all())
        passed = {
            people[one.attempt_id]: one.passed for one in db.session.scalars(sa.select(Result).order_by(Result.run))
        }
        [change] = db.session.scalars(sa.select(KeyChange))
        assert change.change == json.loads(ruling_by(item, wrong).model_dump_json(exclude_defaults=True))
        assert change.cohort_id == (None if by == "ada" else world.tariqs_cohort)
        assert key_of.__wrapped__(world.version)[item.id] == key
    assert passed == {world.amina: True, world.bruno: False}
    assert the_log_gives_every_result_again(app)


@pytest.mark.parametrize("kind", EXAMINED)
def test_the_form_is_filled_in_with_what_counts_now(
    app: Flask,
    world: World,
    tariq: Browser,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    kind: str,
) -> None:
    item, key = course[kind]
    answer_all(app, world, world.amina, item.id, perfect(item, key), "1")
    page = tariq.open(address(kind))
    assert "What counts now" in page.text and "What was published" not in page.text
    same = tariq.submit(page)
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


def test_the_right_side_of_a_line_is_put_right_and_the_trainee_reads_it(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Callable[..., Browser],
    home: str,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
) -> None:
    item, key = course["matching"]
    child = id_of(item, "A child alone at the gate")
    answer_all(app, world, world.amina, item.id, perfect(item, key), "1")
    preview = show(tariq, address("matching"), **{f"parts.{child}": id_of(item, DRIVER)})
    assert f"A child alone at the gate Right: {DRIVER}" in card(preview)
    assert "100 %, passed 66 %, not passed" in preview.text
    apply(tariq, preview)
    page = tariq.open(address("matching"))
    now, published = card(page).split("What was published")
    assert f"gate Right: {DRIVER}" in now and "gate Right: The child protection adviser" in published
    assert values(page.form())[f"parts.{child}"] == [id_of(item, DRIVER)]
    attempt = attempt_of(app, world.amina)
    for shown in (
        browse(world.amina).open(f"/attempts/{attempt}/result"),
        tariq.open(f"{home}/people/{world.amina}/attempts/{attempt}"),
    ):
        says = asked(shown, item)
        assert f"Your choice, but not right: The child protection adviser Right: {DRIVER}" in says
        assert "Right in part: 66 % of the mark." in says
        assert "The explanations here were written before that." in says
    report = tariq.open(f"{home}/questions")
    chosen = next(line for line in report.all("li") if DRIVER in words(line))
    assert words(chosen).startswith("Right")
    cells = {(row[20], row[10]): row[11] for row in lines(tariq.submit(report, "questions.csv"))}
    assert cells["A child alone at the gate", DRIVER] == "yes"
    assert cells["A child alone at the gate", "The child protection adviser"] == "no"


@pytest.mark.parametrize("kind", ["ordering", "ranking"])
def test_an_order_is_put_right_and_the_trainee_reads_it(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Callable[..., Browser],
    home: str,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    kind: str,
) -> None:
    item, key = course[kind]
    backwards = [item.text_of[line] for line in reversed(key.order)]
    answer_all(app, world, world.amina, item.id, perfect(item, key), "1")
    preview = show(tariq, address(kind), **fields(item, amiss(item, key)))
    assert in_turn(preview.all("ol", "ordered")[0]) == backwards
    apply(tariq, preview)
    page = tariq.open(address(kind))
    assert [in_turn(one) for one in page.all("ol", "ordered")] == [backwards, backwards[::-1]]
    assert [words(label) for label in page.all("ol", "lines")[0].iter("label")] == backwards
    attempt = attempt_of(app, world.amina)
    for shown in (
        browse(world.amina).open(f"/attempts/{attempt}/result"),
        tariq.open(f"{home}/people/{world.amina}/attempts/{attempt}"),
    ):
        told = [words(line.find("p")) for line in shown.all("ol", "ordered")[0].findall("li")]
        assert told == backwards
        assert f"You gave it place {len(backwards)}." in asked(shown, item)
    [first] = [
        row for row in lines(tariq.submit(tariq.open(f"{home}/questions"), "questions.csv")) if row[11] == "yes"
    ][:1]
    assert (first[20], first[10]) == (backwards[0], "Place 1")


def test_a_number_is_put_right_and_the_trainee_reads_it(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Callable[..., Browser],
    home: str,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
) -> None:
    item, key = course["numeric"]
    answer_all(app, world, world.amina, item.id, "125", "0")
    answer_all(app, world, world.bruno, item.id, "1250", "1")
    preview = show(tariq, address("numeric"), value="125,5 litres", tolerance="١")
    assert "125.5 litres 1 more or less is right too" in card(preview)
    apply(tariq, preview)
    now, published = card(tariq.open(address("numeric"))).split("What was published")
    assert "125.5 litres 1 more or less" in now and "1,250 litres 0.5 more or less" in published
    for person, said in (
        (world.amina, "Right. 125.5 litres 1 more or less is right too You wrote 125, and that is right."),
        (world.bruno, "Not right. 125.5 litres 1 more or less is right too This would be right. You wrote 1,250."),
    ):
        attempt = attempt_of(app, person)
        for shown in (
            browse(person).open(f"/attempts/{attempt}/result"),
            tariq.open(f"{home}/people/{person}/attempts/{attempt}"),
        ):
            assert said in asked(shown, item)
            assert "Taught about a missing zero." not in asked(shown, item)  # 125 is no wrong number any more
    rows = {row[10]: row[11:13] for row in lines(tariq.submit(tariq.open(f"{home}/questions"), "questions.csv"))}
    assert rows["125.5 litres"] == ["yes", "1"] and rows["1,250 litres"] == ["no", "1"]
    assert "125 litres" not in rows


def test_a_key_idea_is_taken_out_of_what_was_marked_by_hand_and_comes_back(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Callable[..., Browser],
    home: str,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
) -> None:
    item, key = course["short-answer"]
    time, warned = sorted(key.options, key=lambda idea: key.options[idea].text or "")
    quiz = Quiz(app, world, browse(world.amina))
    path = quiz.start()
    quiz.save(path, {item.id: {"text": "So that there is time."}})
    quiz.submit(path)
    way = f"{home}/answers/{path.split('/')[2]}/{item.id}"
    tariq.submit(tariq.open(way), "answers/", ideas=[time])

    def mark() -> str | None:
        given: str | None = quiz.results(path)[-1].marks[item.id][0]
        return given

    assert mark() == "1/2"
    preview = show(tariq, address("short-answer"), ideas=[time])
    assert "Does not count People can be warned" in card(preview)
    apply(tariq, preview, "The lesson does not say this.")
    assert mark() == "1"
    for shown in (quiz.browser.open(f"{path}/result"), tariq.open(f"{home}/people/{world.amina}/attempts{path[9:]}")):
        assert "1 of 1 key ideas." in asked(shown, item)
        assert "People can be warned" not in asked(shown, item)
    page = tariq.open(way)
    assert "1 of 1 key ideas" in page.text and "People can be warned Does not count" in page.text
    tariq.submit(page, "answers/", ideas=[time, warned])  # what does not count now may count again
    assert mark() == "1"
    apply(tariq, show(tariq, address("short-answer"), what="publish"), "It does say so.")
    assert mark() == "1"
    assert "What was published counts again." in quiz.browser.open(f"{path}/result").text
    with app.app_context():
        assert [one.mark for one in db.session.scalars(sa.select(HandMark).order_by(HandMark.id))] == [
            Fraction(1, 2),
            1,
        ]
    assert the_log_gives_every_result_again(app)


def test_an_answer_is_marked_by_the_ideas_that_count(
    app: Flask,
    world: World,
    tariq: Browser,
    browse: Callable[..., Browser],
    home: str,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
) -> None:
    item, key = course["short-answer"]
    first, second = sorted(key.options)
    quiz = Quiz(app, world, browse(world.amina))
    path = quiz.start()
    quiz.save(path, {item.id: {"text": "So that there is time."}})
    quiz.submit(path)
    preview = show(tariq, address("short-answer"), ideas=[second])
    assert "0 of 1 result changes." in preview.text  # it still waits
    apply(tariq, preview)
    way = f"{home}/answers/{path.split('/')[2]}/{item.id}"
    tariq.submit(tariq.open(way), "answers/", ideas=[first])
    assert quiz.results(path)[-1].marks[item.id][0] == "0"
    tariq.submit(tariq.open(way), "answers/", ideas=[second])
    assert quiz.results(path)[-1].marks[item.id][0] == "1"
    assert the_log_gives_every_result_again(app)


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
    app: Flask,
    world: World,
    tariq: Browser,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    kind: str,
    changed: dict[str, Any],
    sentence: str,
) -> None:
    item, key = course[kind]
    answer_all(app, world, world.amina, item.id, perfect(item, key), "1")
    given = {
        f"parts.{id_of(item, name)}" if name in item.text_of.values() else name: value
        for name, value in changed.items()
    }
    page = show(tariq, address(kind), **given)
    assert page.status == 422 and sentence in page.text
    kept = values(page.form())
    assert {name: kept.get(name, []) for name in given} == {
        name: value if isinstance(value, list) else [value] for name, value in given.items()
    }
    summary = page.all("div", "error-summary")[0]
    assert sentence in words(summary) and summary.find(".//a") is not None
    left_out = tariq.submit(page, what="give")  # what stands below does not matter then
    assert left_out.heading == "What would change"


@pytest.mark.parametrize("kind", ["matching", "ordering", "ranking"])
def test_a_part_of_another_question_is_refused(
    app: Flask,
    world: World,
    tariq: Browser,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    kind: str,
) -> None:
    item, key = course[kind]
    answer_all(app, world, world.amina, item.id, perfect(item, key), "1")
    first = item.options[0].id
    for forged in ({"parts.99999999": "1"}, {f"parts.{first}": "99"}, {f"parts.{first}": "no such thing"}):
        page = show(tariq, address(kind), **forged)
        assert page.status == 422 and "Load the page again and repeat the step." in page.text


@pytest.mark.parametrize("kind", EXAMINED)
def test_a_ruling_that_does_not_fit_the_question_is_not_applied(
    app: Flask,
    world: World,
    tariq: Browser,
    course: Mapping[str, tuple[Item, ItemKey]],
    address: Callable[[str], str],
    kind: str,
) -> None:
    item, key = course[kind]
    answer_all(app, world, world.amina, item.id, None, "0")
    preview = show(tariq, address(kind), what="give")
    others = [ruling_by(*course[other][:1], perfect(*course[other])) for other in TYPES if other != kind]
    forged = [one.model_dump_json(exclude_defaults=True) for one in others]
    forged += ['{"order": ["a", "b"]}', '{"matches": [["a", "b"]]}', '{"value": "ten"}', '{"value": 10}']
    forged += [
        '{"tolerance": "-1"}',
        '{"ideas": []}',
        '{"ideas": ["99999999"]}',
        '{"given_to_all": true, "value": "1"}',
    ]
    for ruling in forged:
        assert apply(tariq, preview, ruling=ruling).status == 422, ruling
    with app.app_context():
        assert not db.session.scalars(sa.select(KeyChange)).all()
        assert db.session.get_one(ModuleVersion, world.version).key


# --- What the tests share


def in_turn(element: Element) -> list[str]:
    return [words(line) for line in element.findall("li")]
