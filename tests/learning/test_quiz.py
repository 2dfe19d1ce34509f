import json
import uuid
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.learning.conftest import Browse, Quiz, fields
from tests.people import World
from training.db import db, now
from training.keys import key_of
from training.models import Assignment, Attempt, Enrolment, Response, Result


def test_amina_takes_the_quiz_and_passes(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path))
    page = aminas_quiz.submit(path)
    assert "You passed." in page.text
    assert "100 %" in page.text
    [result] = aminas_quiz.results(path)
    assert (result.score, result.passed, result.run) == (Fraction(1), True, 1)


def test_wrong_answers_fail_and_the_result_names_the_lesson_to_read_again(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    page = aminas_quiz.submit(path)
    assert "You did not pass this time." in page.text
    assert "What protection of civilians is" in page.text.split("Read again")[1]


@pytest.mark.parametrize(
    "end",
    [
        sa.update(Assignment).values(withdrawn_at=now()),
        sa.update(Enrolment).where(Enrolment.role == "trainee").values(ended_at=now()),
    ],
    ids=["the module is withdrawn", "Amina left the cohort"],
)
def test_the_result_stays_and_leads_nowhere_that_is_closed(app: Flask, aminas_quiz: Quiz, end: sa.Update) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path, right=False))
    module = f"/modules/{aminas_quiz.assignment}"
    assert {module, f"{module}/lessons/what-poc-is"} <= set(aminas_quiz.submit(path).links())
    with app.app_context():
        db.session.execute(end)
        db.session.commit()
    page = aminas_quiz.browser.open(path + "/result")
    assert "What protection of civilians is" in page.text.split("Read again")[1]
    assert "Protection of civilians Your result" in page.text, "the way here still names the module"
    for link in set(page.links()):
        assert link.startswith("#") or aminas_quiz.browser.get(link).status == 200, link


def test_a_question_without_an_answer_earns_nothing_and_counts_in_the_whole(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    answers = aminas_quiz.answers(path)
    aminas_quiz.save(path, dict(list(answers.items())[:1]))
    assert "You have answered 1 of 3 questions" in aminas_quiz.browser.open(path + "/check").text
    aminas_quiz.submit(path)
    [result] = aminas_quiz.results(path)
    assert result.score == Fraction(1, 3)


def test_starting_again_gives_the_open_attempt(aminas_quiz: Quiz) -> None:
    assert aminas_quiz.start() == aminas_quiz.start()


def test_after_a_submit_a_new_start_is_a_new_attempt_with_the_items_not_yet_seen_first(aminas_quiz: Quiz) -> None:
    first = aminas_quiz.start()
    aminas_quiz.submit(first)
    second = aminas_quiz.start()
    assert second != first
    assert (aminas_quiz.attempt(first).number, aminas_quiz.attempt(second).number) == (1, 2)
    seen, drawn = set(aminas_quiz.attempt(first).paper), set(aminas_quiz.attempt(second).paper)
    assert not seen & drawn  # the bank has two papers' worth


def test_without_a_script_the_form_saves_every_answer_and_comes_back_to_its_question(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    answers = aminas_quiz.answers(path)
    given = {name: value for item, answer in answers.items() for name, value in fields(item, answer).items()}
    asked = next(iter(answers))
    page = aminas_quiz.browser.submit(
        aminas_quiz.browser.open(path), "/attempts/", follow=False, then=f"question-{asked}", **given
    )
    assert page.response.location == f"{path}#question-{asked}"
    page = aminas_quiz.browser.submit(aminas_quiz.browser.open(path), "/attempts/", then="check")
    assert "You have answered all 3 questions" in page.text
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].score == 1


def test_a_page_left_open_takes_nothing_back_of_what_was_answered_on_another_device(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    left_open = aminas_quiz.browser.open(path)
    aminas_quiz.save(path, aminas_quiz.answers(path))
    page = aminas_quiz.browser.submit(left_open, "/attempts/", then="check")
    assert "You have answered all 3 questions" in page.text
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].score == 1


def test_without_a_script_all_ticks_can_be_taken_back(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    answers = aminas_quiz.answers(path)
    several = next((item for item, answer in answers.items() if isinstance(answer, list)), None)
    while several is None:  # the paper is drawn: take the next one until it has such a question
        aminas_quiz.submit(path)
        path = aminas_quiz.start()
        answers = aminas_quiz.answers(path)
        several = next((item for item, answer in answers.items() if isinstance(answer, list)), None)
    aminas_quiz.save(path, answers)
    page = aminas_quiz.browser.open(path)
    aminas_quiz.browser.submit(page, "/attempts/", then="check", **{f"answer-{several}": []})
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].score == Fraction(2, 3)


def test_the_same_answer_sent_twice_is_one_response(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    item, answer = next(iter(aminas_quiz.answers(path).items()))
    body = {"responses": [{"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}]}
    first = aminas_quiz.browser.post_json(path + "/responses", body).json
    again = aminas_quiz.browser.post_json(path + "/responses", body).json
    assert list(first["verdicts"].values()) == ["saved"]
    assert list(again["verdicts"].values()) == ["already"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 1


def test_an_id_used_for_another_answer_is_a_conflict_and_changes_nothing(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    right, wrong = aminas_quiz.answers(path), aminas_quiz.answers(path, right=False)
    item = next(iter(right))
    one = {"id": str(uuid.uuid4()), "item": item, "answer": right[item], "sequence": 1}
    aminas_quiz.browser.post_json(path + "/responses", {"responses": [one]})
    page = aminas_quiz.browser.post_json(path + "/responses", {"responses": [one | {"answer": wrong[item]}]})
    assert page.json["verdicts"] == {one["id"]: "conflict"}
    with app.app_context():
        assert db.session.scalars(sa.select(Response.answer)).all() == [right[item]]


def test_a_later_answer_wins_whatever_the_order_of_arrival(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    right, wrong = aminas_quiz.answers(path), aminas_quiz.answers(path, right=False)
    aminas_quiz.save(path, right, first=10)
    aminas_quiz.save(path, wrong, first=1)  # given earlier, arrived later
    aminas_quiz.submit(path)
    assert aminas_quiz.results(path)[0].score == 1


def test_an_answer_after_the_submit_is_kept_and_does_not_count(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    answers = aminas_quiz.answers(path)
    aminas_quiz.submit(path)
    verdicts = aminas_quiz.save(path, answers)
    assert set(verdicts.values()) == {"late"}
    assert aminas_quiz.results(path)[0].score == 0
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 3


def test_before_submitting_what_has_no_answer_comes_first_and_the_rest_is_folded_away(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    right = aminas_quiz.answers(path)
    given = next(iter(right))
    aminas_quiz.save(path, {given: right[given]})
    page = aminas_quiz.browser.open(path + "/check")
    missing, done = [[a.get("href", "").split("#question-")[1] for a in ul.iter("a")] for ul in page.all("ul", "rows")]
    assert done == [given] and set(missing) == set(right) - {given}
    assert page.text.count("no answer yet") == 2
    [folded] = page.all("details")
    assert [a.get("href", "") for a in folded.iter("a")] == [f"{path}#question-{given}"]
    aminas_quiz.save(path, right, first=2)
    assert "no answer yet" not in aminas_quiz.browser.open(path + "/check").text


def test_a_quiz_whose_last_day_is_over_says_so(app: Flask, world: World, aminas_quiz: Quiz) -> None:
    for days, words in ((1, "It is to be done by"), (-1, "It was to be done by")):
        with app.app_context():
            db.session.get_one(Assignment, world.assignment).due_at = now() + timedelta(days=days)
            db.session.commit()
        assert words in aminas_quiz.browser.open(aminas_quiz.intro).text


def test_a_second_submit_gives_the_same_result_and_no_second_one(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    check = aminas_quiz.browser.open(path + "/check")
    first = aminas_quiz.browser.submit(check, "submit")
    second = aminas_quiz.browser.submit(check, "submit")
    assert first.text == second.text
    assert len(aminas_quiz.results(path)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"item": "b9-99"},
        {"answer": "no-such-option"},
        {"answer": ["x", "y"]},
        {"answer": {"claim": "true", "score": "1"}},
    ],
)
def test_what_is_no_answer_to_the_paper_is_refused_and_not_kept(
    app: Flask, aminas_quiz: Quiz, change: dict[str, Any]
) -> None:
    path = aminas_quiz.start()
    item = next(i for i in aminas_quiz.attempt(path).paper)
    body = {"id": str(uuid.uuid4()), "item": item, "answer": None, "sequence": 1} | change
    page = aminas_quiz.browser.post_json(path + "/responses", {"responses": [body]})
    assert list(page.json["verdicts"].values()) == ["refused"]
    with app.app_context():
        assert not db.session.scalar(sa.select(sa.func.count()).select_from(Response))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"responses": []},
        {"responses": [{"id": "1", "item": "a", "answer": "x", "sequence": 1}]},
        {"responses": [{"id": str(uuid.uuid4()), "item": "a", "answer": "x", "sequence": 1, "mark": 1}]},
        {"responses": [{"id": str(uuid.uuid4()), "item": "a", "answer": "x", "sequence": 0}]},
        {"responses": [{"id": str(uuid.uuid4()), "item": "a", "answer": "x", "sequence": 1}], "score": 100},
        {"responses": [{"id": str(uuid.uuid4()), "item": "a", "answer": "x", "sequence": n + 1} for n in range(201)]},
    ],
)
def test_a_body_that_is_not_a_list_of_answers_gets_a_sentence(aminas_quiz: Quiz, body: Any) -> None:
    path = aminas_quiz.start()
    page = aminas_quiz.browser.post_json(path + "/responses", body)
    assert page.status == 422
    assert "could not be read" in page.json["problem"]


def test_bruno_and_the_trainers_cannot_touch_aminas_attempt(aminas_quiz: Quiz, world: World, browse: Browse) -> None:
    path = aminas_quiz.start()
    body = {"responses": [{"id": str(uuid.uuid4()), "item": "a1-04", "answer": None, "sequence": 1}]}
    for other in (world.bruno, world.chidi, world.tariq, world.lena, world.ada):
        browser = browse(other)
        for page in ("", "/check", "/result"):
            assert browser.get(path + page).status == 404
        assert browser.post(path).status == 404
        assert browser.post(path + "/submit").status == 404
        assert browser.post_json(path + "/responses", body).status == 404
    assert not aminas_quiz.results(path)


def test_chidi_cannot_start_a_quiz_of_a_cohort_that_he_is_not_in(
    aminas_quiz: Quiz, world: World, browse: Browse
) -> None:
    browser = browse(world.chidi)
    assert browser.get(aminas_quiz.intro).status == 404
    assert browser.post(aminas_quiz.intro + "/start").status == 404


def test_no_key_reaches_the_browser_before_the_submit(app: Flask, aminas_quiz: Quiz, world: World) -> None:
    path = aminas_quiz.start()
    seen = "".join(aminas_quiz.browser.open(page).html for page in (aminas_quiz.intro, path, path + "/check", "/"))
    verdicts = aminas_quiz.browser.post_json(
        path + "/responses",
        {
            "responses": [
                {"id": str(uuid.uuid4()), "item": aminas_quiz.attempt(path).paper[0], "answer": None, "sequence": 1}
            ]
        },
    )
    seen += verdicts.html
    paper = aminas_quiz.attempt(path).paper
    with app.app_context():
        keys = key_of(world.version)
    for item in paper:
        for option in keys[item].options.values():
            assert option.feedback not in seen, item
    assert "correct" not in seen


def test_options_stand_in_the_order_of_the_attempt_and_stay_there(aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    first, second = (
        [box.get("value") for box in aminas_quiz.browser.open(path).all("input") if box.get("type") != "hidden"]
        for _visit in range(2)
    )
    assert first == second and first


def test_an_answer_after_the_deadline_is_late_and_the_ones_before_count(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    answers = aminas_quiz.answers(path)
    with app.app_context():
        started = db.session.get_one(Attempt, uuid.UUID(path.split("/")[2]))
        long_ago = started.started_at - timedelta(hours=2)
        timed = Attempt(
            user_id=aminas_quiz.world.bruno,
            assignment_id=started.assignment_id,
            module_version_id=started.module_version_id,
            assessment=started.assessment,
            number=1,
            paper=started.paper,
            started_at=long_ago,
            deadline=long_ago + timedelta(minutes=30),
        )
        db.session.add(timed)
        db.session.flush()
        item, answer = next(iter(answers.items()))
        db.session.add(
            Response(
                attempt_id=timed.id, id=uuid.uuid4(), item_id=item, answer=answer, sequence=1, received_at=long_ago
            )
        )
        db.session.commit()
        bruno, timed_path = aminas_quiz.world.bruno, f"/attempts/{timed.id}"
    from tests.pages import Browser

    quiz = Quiz(app, aminas_quiz.world, Browser(app, bruno))
    assert "The time is up" in quiz.browser.open(timed_path).text
    assert set(quiz.save(timed_path, answers, first=5).values()) == {"late"}
    [result] = quiz.results(timed_path)  # what came in after the end has ended it
    assert (result.score, result.reason) == (Fraction(1, 3), "time is up")


def test_the_database_refuses_a_second_open_attempt_and_an_answer_outside_the_paper(
    app: Flask, aminas_quiz: Quiz
) -> None:
    path = aminas_quiz.start()
    with app.app_context():
        first = db.session.get_one(Attempt, uuid.UUID(path.split("/")[2]))
        copied = {c.key: getattr(first, c.key) for c in sa.inspect(Attempt).column_attrs} | {
            "id": uuid.uuid4(),
            "number": 2,
        }
        db.session.add(Attempt(**copied))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()
        db.session.add(
            Response(
                attempt_id=uuid.UUID(path.split("/")[2]),
                id=uuid.uuid4(),
                item_id="a2-01",
                answer="x",
                sequence=1,
                received_at=datetime.now(UTC),
            )
        )
        with pytest.raises(IntegrityError):
            db.session.flush()


@pytest.mark.parametrize("statement", ["UPDATE attempt SET number = 9", "DELETE FROM response", "DELETE FROM result"])
def test_what_was_done_can_neither_be_changed_nor_deleted(app: Flask, aminas_quiz: Quiz, statement: str) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path))
    aminas_quiz.submit(path)
    with app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(sa.text(statement))


def test_marks_are_kept_exactly_with_the_response_that_counted(app: Flask, aminas_quiz: Quiz) -> None:
    path = aminas_quiz.start()
    verdicts = aminas_quiz.save(path, aminas_quiz.answers(path))
    aminas_quiz.submit(path)
    with app.app_context():
        marks = db.session.scalar(sa.select(Result.marks))
    assert {response for _mark, response in marks.values()} == set(verdicts)
    assert json.dumps(sorted(mark for mark, _response in marks.values())) == '["1", "1", "1"]'


def test_a_start_a_save_a_submit_and_its_review_cost_few_statements(
    app: Flask, aminas_quiz: Quiz, count_statements: Any
) -> None:
    """PostgreSQL takes two locks by statements of their own, where SQLite's writers stand in a queue."""
    intro = aminas_quiz.browser.open(aminas_quiz.intro)
    with count_statements() as start:
        path = str(aminas_quiz.browser.submit(intro, "start", follow=False).response.location)
    token = {"X-CSRFToken": aminas_quiz.browser.csrf()}
    item, answer = next(iter(aminas_quiz.answers(path).items()))
    body = {"responses": [{"id": str(uuid.uuid4()), "item": item, "answer": answer, "sequence": 1}]}
    with count_statements() as save:
        assert aminas_quiz.browser.client.post(path + "/responses", json=body, headers=token).status_code == 200
    check = aminas_quiz.browser.open(path + "/check")
    with count_statements() as submit:
        aminas_quiz.browser.submit(check, "submit")
    assert len(start) <= 8, start
    assert len(save) <= 5, save
    with app.app_context():
        locks = 2 if db.engine.dialect.name == "postgresql" else 0
    assert len(submit) <= 12 + locks, submit
