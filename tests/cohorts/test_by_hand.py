"""Amina writes what no rule can mark; Tariq marks it, without her name, and nothing that two trainers do is lost."""

import uuid
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.test_marking_again import markings
from tests.factories_course import MODULE, course_files
from tests.factories_types import EXAMINED, QUESTIONS, every_type
from tests.learning.conftest import Quiz
from tests.pages import Browser, values, words
from tests.people import NOW, World
from training.curriculum import module_of
from training.db import db
from training.keys import key_of
from training.models import Assignment, Enrolment, Event, HandMark, Notice, Result
from training.publishing.publish import publish_course
from training.recompute import compared

ITEM = EXAMINED["short-answer"]
TEXT = "So that people can be warned.\nAnd <b>fast</b>."


@pytest.fixture
def version(app: Flask, world: World) -> uuid.UUID:
    """The module with questions of every type, which Tariq's cohort has to do now."""
    with app.app_context():
        _course, [version] = publish_course(every_type(), by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
        return version.id


@pytest.fixture
def ideas(app: Flask, version: uuid.UUID) -> list[str]:
    with app.app_context():
        return list(key_of(version)[ITEM].options)


@pytest.fixture
def write(app: Flask, world: World, browse: Callable[..., Browser], version: uuid.UUID) -> Callable[..., Quiz]:
    """write(world.amina): a submitted quiz in which only the written answer is given."""

    def one(person: uuid.UUID, text: str = TEXT) -> Quiz:
        quiz = Quiz(app, world, browse(person))
        quiz.path = quiz.start()  # type: ignore[attr-defined]
        quiz.save(quiz.path, {ITEM: {"text": text}})  # type: ignore[attr-defined]
        quiz.submit(quiz.path)  # type: ignore[attr-defined]
        return quiz

    return one


def way(home: str, quiz: Any) -> str:
    return f"{home}/answers/{quiz.path.split('/')[2]}/{ITEM}"


def the_log_gives_every_result_again(app: Flask) -> bool:
    with app.app_context():
        return not any(one.differences for one in compared())


def test_where_all_answers_wait_no_score_is_shown_yet(app: Flask, world: World, write: Callable[..., Quiz]) -> None:
    with app.app_context():
        others, written = QUESTIONS.split(f"- id: {min(EXAMINED.values())}")[0], QUESTIONS.index(f"- id: {ITEM}")
        module = MODULE.replace("[A1.1], count: 2", "[A1.1], count: 1").replace(
            "      - {objectives: [A1.2], count: 1}\n", ""
        )
        files = course_files(questions=others + QUESTIONS[written:], module=module)
        _course, [version] = publish_course(files, by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
    quiz = write(world.amina)
    page = quiz.browser.open(f"{quiz.path}/result")  # type: ignore[attr-defined]
    assert "Your trainer marks what you wrote." in page.text and "You have 0 %" not in page.text
    assert not page.all("span", "ring")
    assert "1 question." in quiz.browser.open(quiz.intro).text  # type: ignore[attr-defined]
    assert "Module quiz Waiting for marking" in quiz.browser.open(f"/modules/{world.assignment}").text  # type: ignore[attr-defined]


def test_a_written_answer_waits_and_everybody_reads_so(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz]
) -> None:
    quiz = write(world.amina)
    [result] = quiz.results(quiz.path)
    assert (result.waiting, result.passed, result.marks[ITEM][0]) == (1, False, None)
    page = quiz.browser.open(f"{quiz.path}/result")
    assert "Your trainer marks the rest." in page.text
    assert "1 answer waits for a mark" in page.text
    assert "Waiting for marking" in quiz.browser.open("/").text
    assert "Waiting for marking" in tariq.open(home).text
    assert "waiting for marking" in tariq.open(f"{home}/people/{world.amina}").text
    assert "Waiting for marking" in tariq.post(f"{home}/results.csv").response.get_data(as_text=True)
    assert the_log_gives_every_result_again(app)


def test_tariq_marks_the_answer_without_the_name_and_amina_is_told(
    app: Flask,
    world: World,
    tariq: Browser,
    home: str,
    write: Callable[..., Quiz],
    ideas: list[str],
    events: Callable[[str], list[Event]],
) -> None:
    quiz = write(world.amina)
    waiting = tariq.open(f"{home}/answers")
    assert "1 answer waits for a mark." in waiting.text and "Answers to mark (1)" in waiting.text
    assert way(home, quiz) in waiting.links()
    page = tariq.open(way(home, quiz))
    assert "So that people can be warned. And <b>fast</b>." in page.text
    assert "An early report gives the mission time" in page.text
    assert "It gives the mission time" in page.text and "People can be warned" in page.text
    assert "Amina" not in waiting.html + page.html
    assert "Amina Okoro-Canary" in tariq.open(f"{way(home, quiz)}?name=shown").text
    done = tariq.submit(page, "answers/", ideas=[ideas[1]], comment="Add what the patrol does.")
    assert "The mark is saved." in done.text and "No answer waits for a mark" in done.text
    with app.app_context():
        mark = db.session.scalars(sa.select(HandMark)).one()
        result = db.session.scalars(sa.select(Result).where(Result.run == 2)).one()
        assert (mark.mark, mark.ideas, mark.marked_by) == (Fraction(1, 2), [ideas[1]], world.tariq)
        assert (result.waiting, result.score, result.reason) == (0, Fraction(1, 18), "marked by hand")
        assert result.marks[ITEM] == ["1/2", str(mark.response_id)]
    assert [event.actor_id for event in events("answer-marked")] == [world.tariq]
    assert "A trainer has marked your answers in “Module quiz”." in quiz.browser.open("/").text
    page = quiz.browser.open(f"{quiz.path}/result")
    assert "1 of 2 key ideas." in page.text and "Comment: Add what the patrol does." in page.text
    assert "A trainer marked the answers" in page.text and "waiting for marking" in page.text
    assert the_log_gives_every_result_again(app)


def test_the_second_of_two_trainers_gets_a_sentence_and_what_was_typed_is_still_there(
    app: Flask,
    world: World,
    browse: Callable[..., Browser],
    tariq: Browser,
    home: str,
    write: Callable[..., Quiz],
    ideas: list[str],
) -> None:
    quiz, ada = write(world.amina), browse(world.ada)
    first, second = tariq.open(way(home, quiz)), ada.open(way(home, quiz))
    tariq.submit(first, "answers/", ideas=ideas, comment="Good.")
    late = ada.submit(second, "answers/", ideas=["none"], comment="Too short.")
    assert late.status == 409
    assert "Nothing was saved: somebody has marked this answer in the meantime." in late.text
    assert "2 of 2 key ideas" in late.text and "Good." in late.text
    form = values(late.form("answers/"))
    assert form["comment"] == ["Too short."] and form["ideas"] == ["none"]
    ada.submit(late, "answers/")
    with app.app_context():
        assert [
            (mark.mark, mark.marked_by) for mark in db.session.scalars(sa.select(HandMark).order_by(HandMark.id))
        ] == [
            (1, world.tariq),
            (0, world.ada),
        ]
        assert [one.marks[ITEM][0] for one in db.session.scalars(sa.select(Result).order_by(Result.run))] == [
            None,
            "1",
            "0",
        ]
    assert the_log_gives_every_result_again(app)


def test_an_answer_is_marked_once_more_from_the_attempt_and_every_marking_stays(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz], ideas: list[str]
) -> None:
    quiz = write(world.amina)
    attempt = f"{home}/people/{world.amina}/attempts/{quiz.path.split('/')[2]}"
    assert "Mark this answer" in tariq.open(attempt).text
    tariq.submit(tariq.open(way(home, quiz)), "answers/", ideas=[ideas[0]])
    page = tariq.open(attempt)
    assert "Mark this answer once more" in page.text and way(home, quiz) in page.links()
    again = tariq.open(way(home, quiz))
    assert values(again.form("answers/"))["ideas"] == [ideas[0]]
    tariq.submit(again, "answers/", ideas=ideas)
    assert markings(tariq.open(attempt)) == [
        "11 %, not passed: A trainer marked the answers",
        "5 %, not passed: A trainer marked the answers",
        "0 %, waiting for marking: Submitted",
    ]


def test_the_oldest_answer_comes_first_and_lenas_trainees_are_not_there(
    app: Flask, world: World, browse: Callable[..., Browser], tariq: Browser, home: str, write: Callable[..., Quiz]
) -> None:
    write(world.bruno, "Bruno's words")
    amina = write(world.amina, "Amina's words")
    text = tariq.open(f"{home}/answers").text
    assert text.index("Bruno's words") < text.index("Amina's words")
    lena = browse(world.lena)
    assert lena.get(way(home, amina)).status == 404
    assert lena.get(way(f"/cohorts/{world.lenas_cohort}", amina)).status == 404


def test_what_a_rule_marks_or_nobody_wrote_is_not_marked_by_hand(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz], browse: Callable[..., Browser]
) -> None:
    quiz = write(world.amina)
    assert tariq.get(way(home, quiz).replace(ITEM, EXAMINED["numeric"])).status == 409
    assert tariq.get(way(home, quiz).replace(ITEM, "a9-99")).status == 409
    empty = Quiz(app, world, browse(world.bruno))
    path = empty.start()
    assert tariq.get(f"{home}/answers/{path.split('/')[2]}/{ITEM}").status == 409
    empty.submit(path)
    assert tariq.get(f"{home}/answers/{path.split('/')[2]}/{ITEM}").status == 409
    assert empty.results(path)[0].waiting == 0


def test_a_mark_that_is_not_one_of_the_key_ideas_is_refused(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz]
) -> None:
    quiz = write(world.amina)
    page = tariq.open(way(home, quiz))
    assert tariq.submit(page, "answers/", ideas=["nothing"]).status == 422
    assert tariq.submit(page, "answers/", ideas=["none"], comment="x" * 1001).status == 422
    assert tariq.submit(page, "answers/", ideas=["none"], seen="-1").status == 422
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(HandMark.id))) == 0


def test_no_mark_of_nothing_is_given_by_accident(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz], ideas: list[str]
) -> None:
    quiz = write(world.amina)
    asked = tariq.submit(tariq.open(way(home, quiz)), "answers/", comment="Say more.")
    assert asked.status == 422
    sentence = "Tick the key ideas that are in the answer, or tick that none is in it."
    assert words(asked.all("div", "error-summary")[0]).endswith(f"Which key ideas are in the answer? {sentence}")
    assert values(asked.form("answers/"))["comment"] == ["Say more."]
    torn = tariq.submit(asked, "answers/", ideas=[ideas[0], "none"])
    assert torn.status == 422 and "You ticked key ideas, and also that none is in the answer." in torn.text
    assert values(torn.form("answers/"))["ideas"] == [ideas[0], "none"]
    assert len(quiz.results(quiz.path)) == 1
    assert "The mark is saved." in tariq.submit(torn, "answers/", ideas=["none"]).text
    assert quiz.results(quiz.path)[-1].marks[ITEM][0] == "0"
    assert values(tariq.open(way(home, quiz)).form("answers/"))["ideas"] == ["none"]


def test_who_left_is_marked_and_not_named(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz], ideas: list[str]
) -> None:
    quiz = write(world.amina)
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.amina).values(ended_at=NOW))
        db.session.commit()
    assert "Amina" not in tariq.open(f"{way(home, quiz)}?name=shown").text
    tariq.submit(tariq.open(way(home, quiz)), "answers/", ideas=ideas)
    assert quiz.results(quiz.path)[-1].waiting == 0


def test_a_question_that_is_left_out_waits_no_more(
    app: Flask, world: World, tariq: Browser, home: str, version: uuid.UUID, write: Callable[..., Quiz]
) -> None:
    quiz = write(world.amina)
    preview = tariq.submit(tariq.open(f"{home}/questions/{version}/{ITEM}/key"), what="give")
    assert "0 %, waiting for marking 11 %, not passed" in preview.text
    tariq.submit(preview, "apply", reason="Nobody understood it.")
    assert "No answer waits for a mark" in tariq.open(f"{home}/answers").text
    assert tariq.get(way(home, quiz)).status == 409
    assert the_log_gives_every_result_again(app)


def test_of_a_paper_that_waits_the_other_questions_count_and_the_score_does_not(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz], ideas: list[str]
) -> None:
    quiz = write(world.amina)
    page = tariq.open(f"{home}/questions")
    assert "1 attempt waits for a mark by hand. Its other questions count here." in page.text
    assert "1 paper waits for a mark and is not in these numbers." in page.text and "mean" not in page.text
    with app.app_context():
        written = module_of(quiz.attempt(quiz.path).module_version_id).item_by_id[ITEM].stem
        others = len(quiz.attempt(quiz.path).paper) - 1
    first, *asked = [words(h3) for h3 in page.all("h3")]
    assert first == written and len(asked) == others and written not in asked
    tariq.submit(tariq.open(way(home, quiz)), "answers/", ideas=ideas)
    page = tariq.open(f"{home}/questions")
    assert "waits for a mark" not in page.text.lower() and "1 paper ·" in page.text
    assert written in [words(h3) for h3 in page.all("h3")]


def test_where_only_the_written_answer_was_asked_the_page_says_that_it_waits(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz]
) -> None:
    write(world.amina)
    with app.app_context():
        result = db.session.scalars(sa.select(Result)).one()
        again = {"run": 2, "waiting": 1, "marks": {ITEM: result.marks[ITEM]}, "score": 0, "passed": False}
        db.session.add(Result(attempt_id=result.attempt_id, marked_at=NOW, reason="key", **again))
        db.session.commit()
    page = tariq.open(f"{home}/questions")
    assert "1 attempt waits" in page.text and len(page.all("h3")) == 1


def test_a_question_that_waits_stands_with_the_others_and_its_key_can_be_put_right(
    app: Flask,
    world: World,
    tariq: Browser,
    home: str,
    version: uuid.UUID,
    write: Callable[..., Quiz],
    ideas: list[str],
) -> None:
    quiz = write(world.amina)
    write(world.bruno)

    def first_card() -> Any:
        page = tariq.open(f"{home}/questions")
        return next(one for one in page.all("section", "card") if "Why do you report early" in words(one))

    assert "Waits for a mark: 2 papers Mark the answers" in words(first_card())
    links = [a.get("href") for a in first_card().iter("a")]
    assert links == [f"{home}/answers", f"{home}/questions/{version}/{ITEM}/key"]
    assert all(tariq.open(link).status == 200 for link in links)
    tariq.submit(tariq.open(way(home, quiz)), "answers/", ideas=ideas)
    assert "Waits for a mark: 1 paper" in words(first_card()), "the one that is marked is told of below, too"
    assert "Marks earned 100 % 1 answer" in tariq.open(f"{home}/questions").text


def test_no_notice_comes_before_all_answers_are_marked(
    app: Flask, world: World, tariq: Browser, home: str, write: Callable[..., Quiz]
) -> None:
    write(world.amina)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 0


def test_the_pages_cost_the_same_statements_for_few_and_for_many(
    app: Flask,
    world: World,
    tariq: Browser,
    home: str,
    write: Callable[..., Quiz],
    member: Callable[..., uuid.UUID],
    count_statements: Any,
) -> None:
    quiz = write(world.amina)

    def counts() -> list[int]:
        found = []
        for path in (f"{home}/answers", way(home, quiz)):
            tariq.open(path)
            with count_statements() as statements:
                tariq.open(path)
            found.append(len(statements))
        return found

    few = counts()
    for number in range(8):
        write(member(f"Writer{number}", world.tariqs_cohort), f"Words {number}")
    assert "9 answers wait for a mark." in tariq.open(f"{home}/answers").text
    assert counts() == few
