"""What Tariq sees of his cohort: who is where, each answer, and the hardest questions."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.cohorts.conftest import fill
from tests.factories_course import QUESTIONS, course_files
from tests.learning.conftest import Quiz
from tests.pages import Browser, Page, words
from tests.people import NOW, World
from training.cohorts.reports import Chosen, Sort, read_choice
from training.curriculum import module_of
from training.db import db
from training.domain.progress import Status
from training.keys import key_of
from training.models import Assignment, Attempt, Enrolment, Event, Response, Result, User
from training.paging import page_of
from training.publishing.publish import publish_course


def table(page: Page) -> dict[str, str]:
    """What the table of people says of each of them."""
    return {words(row.find("th")): words(row) for row in page.all("tr") if row.find("td") is not None}


def names(page: Page) -> list[str]:
    return [name.split()[0] for name in table(page)]


def lines(page: Page) -> list[list[str]]:
    assert page.response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.response.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(page.response.get_data().decode("utf-8-sig"))))


def test_the_table_tells_who_is_where(
    app: Flask, world: World, tariq: Browser, home: str, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.amina)
    take_quiz(world.bruno, right=False)
    page = tariq.open(home)
    assert "Passed best 100 %" in table(page)["Amina Okoro-Canary"]
    assert "Failed 0 % done · best 0 %" in table(page)["Bruno Silva-Canary"]
    assert "Passed: 1 50 %" in page.text and "Failed: 1 50 %" in page.text
    assert "Chidi" not in page.text


def test_what_was_not_passed_by_the_due_date_is_overdue(app: Flask, world: World, tariq: Browser, home: str) -> None:
    assert "Not started" in table(tariq.open(home))["Amina Okoro-Canary"]
    with app.app_context():
        db.session.execute(sa.update(Assignment).values(due_at=NOW - timedelta(days=1)))
        db.session.commit()
    assert "Overdue" in table(tariq.open(home))["Amina Okoro-Canary"]


def test_the_table_is_filtered_and_sorted_by_the_server(
    world: World, tariq: Browser, home: str, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.bruno)
    assert names(tariq.open(home)) == ["Amina", "Bruno"]
    assert names(tariq.open(f"{home}?status=passed")) == ["Bruno"]
    assert names(tariq.open(f"{home}?sort=activity")) == ["Bruno", "Amina"]
    assert names(tariq.open(f"{home}?sort=status")) == ["Amina", "Bruno"]
    assert "Nobody has a module with this status." in tariq.open(f"{home}?status=failed").text


def test_a_query_that_makes_no_sense_counts_as_not_given(tariq: Browser, home: str) -> None:
    assert read_choice({"status": "'; DROP", "sort": "name desc", "page": "-1"}) == Chosen()
    assert read_choice({"status": "passed", "sort": "status", "page": "2"}) == Chosen(Status.PASSED, Sort.STATUS, 2)
    assert names(tariq.open(f"{home}?sort=password_hash&status=x&page=99999999999999")) == ["Amina", "Bruno"]


def test_a_page_has_at_most_a_hundred_people(app: Flask, world: World, tariq: Browser, home: str) -> None:
    fill(app, world, 104, attempts=1)
    first, second = tariq.open(home), tariq.open(f"{home}?page=2")
    assert (len(table(first)), len(table(second))) == (100, 6)
    assert "106 people" in first.text and "Page 2 of 2" in second.text
    assert len(lines(tariq.post(f"{home}/results.csv"))) == 107
    assert len(table(tariq.open(f"{home}/people"))) == 100


def test_a_page_beyond_the_end_is_the_last_one() -> None:
    assert page_of(list(range(250)), 9).rows == list(range(200, 250))
    assert page_of([], 1).pages == 1


def test_the_file_has_the_same_rows_as_the_page_and_the_export_is_written_down(
    world: World, tariq: Browser, home: str, take_quiz: Callable[..., str], events: Callable[[str], list[Event]]
) -> None:
    take_quiz(world.amina)
    rows = lines(tariq.submit(tariq.open(home), "results.csv"))
    assert rows[0][:5] == ["Name", "Sign-in name", "Module", "Version", "Status"]
    assert rows[1][:8] == [
        "Amina Okoro-Canary",
        "amina@canary-mail.example",
        "Protection of civilians",
        "1",
        "Passed",
        "100",
        "100",
        "1",
    ]
    assert rows[2][4:] == ["Not started", "0", "", "0", ""]
    assert [(event.actor_id, event.detail) for event in events("results-exported")] == [(world.tariq, {"rows": 2})]


def test_a_name_that_is_a_formula_does_not_calculate(app: Flask, world: World, tariq: Browser, home: str) -> None:
    with app.app_context():
        db.session.get_one(User, world.amina).name = "=HYPERLINK(1)"
        db.session.commit()
    assert lines(tariq.post(f"{home}/results.csv"))[1][0] == "'=HYPERLINK(1)"


def test_people_without_a_module_stand_in_the_file(app: Flask, world: World, tariq: Browser, home: str) -> None:
    with app.app_context():
        db.session.execute(sa.delete(Assignment).where(Assignment.cohort_id == world.tariqs_cohort))
        db.session.commit()
    assert [row[0].split()[0] for row in lines(tariq.post(f"{home}/results.csv"))[1:]] == ["Amina", "Bruno"]


# One person


def test_tariq_sees_each_attempt_and_each_answer_of_amina(
    world: World, tariq: Browser, home: str, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.amina, right=False)
    path = take_quiz(world.amina)
    page = tariq.open(f"{home}/people/{world.amina}")
    assert "Module quiz, attempt 1" in page.text and "0 % · not passed · 0 minutes" in page.text
    assert "100 % · passed" in page.text
    attempt = f"{home}/people/{world.amina}/attempts/{path.split('/')[2]}"
    assert attempt in page.links()
    page = tariq.open(attempt)
    assert "Amina Okoro-Canary · attempt 2" in page.text
    assert page.text.count("Your choice, and right.") >= 3
    assert "Your choice, but not right." not in page.text
    assert "Passed" in page.text


def test_tariq_sees_no_answer_and_no_key_of_a_running_attempt(
    app: Flask, world: World, tariq: Browser, home: str, aminas_quiz: Quiz
) -> None:
    path = aminas_quiz.start()
    aminas_quiz.save(path, aminas_quiz.answers(path))
    assert "not submitted" in tariq.open(f"{home}/people/{world.amina}").text
    page = tariq.open(f"{home}/people/{world.amina}/attempts/{path.split('/')[2]}")
    assert "is not submitted yet" in page.text
    with app.app_context():
        for item in aminas_quiz.attempt(path).paper:
            assert module_of(world.version).item_by_id[item].stem not in page.html
            assert not any(option.feedback in page.html for option in key_of(world.version)[item].options.values())


def test_a_late_answer_is_marked_and_does_not_change_what_was_marked(
    world: World, tariq: Browser, home: str, aminas_quiz: Quiz
) -> None:
    path = aminas_quiz.start()
    aminas_quiz.submit(path)
    item, answer = next(iter(aminas_quiz.answers(path).items()))
    aminas_quiz.save(path, {item: answer})
    page = tariq.open(f"{home}/people/{world.amina}/attempts/{path.split('/')[2]}")
    assert page.text.count("An answer came in late") == 1
    assert page.text.count("No answer counted for this question.") == 3


def test_amina_did_not_make_brunos_attempt(
    world: World, tariq: Browser, home: str, take_quiz: Callable[..., str]
) -> None:
    attempt = take_quiz(world.bruno).split("/")[2]
    assert tariq.get(f"{home}/people/{world.amina}/attempts/{attempt}").status == 404
    assert tariq.get(f"{home}/people/{world.bruno}/attempts/{uuid.uuid4()}").status == 404
    assert tariq.get(f"{home}/people/{world.tariq}").status == 404


def test_finished_lessons_are_counted(app: Flask, world: World, tariq: Browser, home: str) -> None:
    fill(app, world, 1)
    with app.app_context():
        person = db.session.scalars(sa.select(User.id).where(User.name == "Person 0000")).one()
    page = tariq.open(f"{home}/people/{person}")
    assert "1 of 2 lessons finished" in page.text


# Questions


def answer_all(app: Flask, world: World, person: uuid.UUID, item_id: str, answer: Any, mark: str, **more: Any) -> None:
    """A marked attempt of one question, so that the sums can be told in one's head."""
    with app.app_context():
        values = {"number": 1, "module_version_id": world.version, "assignment_id": world.assignment} | more
        attempt = Attempt(user_id=person, assessment="quiz", paper=[item_id], started_at=NOW, **values)
        db.session.add(attempt)
        db.session.flush()
        response = uuid.uuid4()
        if answer is not None:
            given = {"item_id": item_id, "answer": answer, "sequence": 1, "received_at": NOW}
            db.session.add(Response(attempt_id=attempt.id, id=response, **given))
        db.session.add(
            Result(
                attempt_id=attempt.id,
                marks={item_id: [mark, str(response) if answer is not None else None]},
                score=Fraction(mark),
                passed=mark == "1",
                marked_at=NOW,
                reason="submitted",
            )
        )
        db.session.commit()


def options(app: Flask, version: uuid.UUID, item_id: str) -> tuple[str, list[str]]:
    """The right option of a question, and the wrong ones."""
    with app.app_context():
        key = key_of(version)[item_id]
        return next(iter(key.correct)), sorted(key.options.keys() - key.correct)


def test_the_hardest_question_comes_first_with_what_was_chosen_instead(
    app: Flask, world: World, tariq: Browser, home: str, member: Callable[..., uuid.UUID]
) -> None:
    right, wrong = options(app, world.version, "a1-04")
    others = [member(name, world.tariqs_cohort) for name in ("Eli", "Fay", "Gus")]
    answer_all(app, world, world.amina, "a1-04", right, "1")
    answer_all(app, world, world.bruno, "a1-04", wrong[0], "0")
    answer_all(app, world, others[0], "a1-04", wrong[0], "0")
    answer_all(app, world, others[1], "a1-04", None, "0")
    answer_all(app, world, others[2], "a1-07", options(app, world.version, "a1-07")[0], "1")
    page = tariq.open(f"{home}/questions")
    assert [words(h) for h in page.all("h3")] == [
        "What did paragraph 14 of the resolution of 1999 contain for the first time?",
        "You cannot tell whether a man at a well is a fighter. How do you treat him?",
    ]
    first = page.all("section")[0]
    assert "Marks earned 25 % 4 answers" in words(first)
    assert "Left empty: 1" in words(first)
    assert "Teach again: Define protection of civilians in your own words" in words(first)
    rows = {row[10]: row[11:14] for row in lines(tariq.submit(page, "questions.csv")) if row[2] == "a1-04"}
    assert sorted(rows.values()) == [["no", "0", "0"], ["no", "2", "50"], ["yes", "1", "25"]]


def test_only_first_attempts_count_unless_all_are_asked_for(
    app: Flask, world: World, tariq: Browser, home: str
) -> None:
    right, wrong = options(app, world.version, "a1-04")
    answer_all(app, world, world.amina, "a1-04", wrong[0], "0")
    answer_all(app, world, world.amina, "a1-04", right, "1", number=2)
    assert "Marks earned 0 % 1 answer" in tariq.open(f"{home}/questions").text
    assert "Marks earned 50 % 2 answers" in tariq.open(f"{home}/questions?attempts=all").text
    assert {row[6] for row in lines(tariq.post(f"{home}/questions.csv?attempts=all"))[1:]} == {"2"}


def test_the_last_marking_counts(app: Flask, world: World, tariq: Browser, home: str) -> None:
    answer_all(app, world, world.amina, "a1-04", options(app, world.version, "a1-04")[1][0], "0")
    with app.app_context():
        first = db.session.scalars(sa.select(Result)).one()
        marks = {"a1-04": ["1", first.marks["a1-04"][1]]}
        again = {"run": 2, "marks": marks, "score": 1, "passed": True, "marked_at": NOW, "reason": "key"}
        db.session.add(Result(attempt_id=first.attempt_id, **again))
        db.session.commit()
    assert "Marks earned 100 % 1 answer" in tariq.open(f"{home}/questions").text


@pytest.mark.parametrize("is_reworded", [False, True])
def test_answers_are_pooled_over_versions_unless_the_question_was_changed(
    app: Flask, world: World, tariq: Browser, home: str, is_reworded: bool
) -> None:
    right, wrong = options(app, world.version, "a1-04")
    answer_all(app, world, world.amina, "a1-04", wrong[0], "0")
    old = "A task to protect civilians" if is_reworded else "No. Papers"
    new = "A duty to protect civilians" if is_reworded else "Papers"
    with app.app_context():
        _course, [version] = publish_course(course_files(questions=QUESTIONS.replace(old, new)), by=None, at=NOW)
        db.session.get_one(Assignment, world.assignment).module_version_id = version.id
        db.session.commit()
        second = version.id
    right, wrong = options(app, second, "a1-04")
    answer_all(app, world, world.bruno, "a1-04", right, "1", module_version_id=second)
    page = tariq.open(f"{home}/questions")
    if is_reworded:
        assert [words(s).count("1 answer ") for s in page.all("section")] == [1, 1]
        assert "Earlier wording, version 1" in words(page.all("section")[0])
        assert "Earlier wording" not in words(page.all("section")[1])
    else:
        [section] = page.all("section")
        assert "Marks earned 50 % 2 answers" in words(section)
        assert "Earlier wording" not in words(section)


def test_what_was_said_of_a_statement_is_counted(app: Flask, world: World, tariq: Browser, home: str) -> None:
    reason = options(app, world.version, "a1-06")[0]
    answer_all(app, world, world.amina, "a1-06", {"claim": "false", "reason": reason}, "0")
    answer_all(app, world, world.bruno, "a1-06", {"claim": "true"}, "0")
    rows = {row[10]: row[11:14] for row in lines(tariq.post(f"{home}/questions.csv"))[1:]}
    assert rows["This statement is true"] == ["yes", "1", "50"]
    assert rows["This statement is false"] == ["no", "1", "50"]


def test_discrimination_is_told_from_thirty_answers_on(app: Flask, world: World, tariq: Browser, home: str) -> None:
    fill(app, world, 14)  # each person answers everything wrong first, and right the second time
    page = tariq.open(f"{home}/questions?attempts=all")
    assert not re.search(r"discrimination \d|reliability \d", page.text)
    assert "28 papers · mean 50 % · standard deviation 51 points" in page.text
    fill(app, world, 1, first=14)
    page = tariq.open(f"{home}/questions?attempts=all")
    assert "discrimination 100 (the true value lies between 100 and 100)" in page.text
    assert "30 papers · mean 50 % · standard deviation 51 points · reliability 1.00" in page.text
    assert "about two in three people would score within 0 points" in page.text
    header, first = lines(tariq.post(f"{home}/questions.csv?attempts=all"))[:2]
    told = dict(zip(header, first, strict=True))
    assert [told[name] for name in ("Discrimination from", "Correlation with the score", "Effective weight (%)")] == [
        "100",
        "100",
        "33",
    ]


def test_a_question_whose_key_may_be_wrong_is_pointed_out(
    app: Flask, world: World, tariq: Browser, home: str, member: Callable[..., uuid.UUID]
) -> None:
    right, wrong = options(app, world.version, "a1-04")
    for number in range(9):
        answer = right if number < 4 else wrong[0]
        answer_all(app, world, member(f"P{number}", world.tariqs_cohort), "a1-04", answer, str(int(number < 4)))
    assert "Check this question" not in tariq.open(f"{home}/questions").text
    answer_all(app, world, world.amina, "a1-04", wrong[0], "0")
    page = tariq.open(f"{home}/questions")
    assert "Check this question: its key may be wrong." in page.text
    assert "A choice that counts as wrong was chosen more often than one that counts as right." in page.text


def test_who_left_and_lenas_people_do_not_count(app: Flask, world: World, tariq: Browser, home: str) -> None:
    answer_all(app, world, world.amina, "a1-04", options(app, world.version, "a1-04")[0], "1")
    with app.app_context():
        db.session.execute(sa.update(Enrolment).where(Enrolment.user_id == world.amina).values(ended_at=NOW))
        db.session.commit()
    assert "Nobody has submitted a quiz yet" in tariq.open(f"{home}/questions").text


# Many people


def test_the_pages_cost_the_same_statements_for_two_people_and_for_forty(
    app: Flask, world: World, tariq: Browser, home: str, count_statements: Any, take_quiz: Callable[..., str]
) -> None:
    take_quiz(world.amina)
    paths = ("/cohorts", home, f"{home}/questions?attempts=all", f"{home}/people/{world.amina}", f"{home}/modules")

    def counts() -> dict[str, int]:
        counted = {}
        for path in paths:
            tariq.open(path)  # documents are read once
            with count_statements() as statements:
                tariq.open(path)
            counted[path] = len(statements)
        return counted

    few = counts()
    fill(app, world, 40)
    assert counts() == few
    assert few[home] <= 9, few
