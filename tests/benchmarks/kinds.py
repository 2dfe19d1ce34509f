"""What is measured: for each kind of request, what is sent and what the answer must say."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from tests.benchmarks.data import MOST_CLIENTS, QUIZ, Assigned, School, close_attempts, open_attempts
from training.curriculum import module_of
from training.db import db, now
from training.domain.content import Answer, Item
from training.models import Attempt, Result

Turn = dict[str, Any]  # of one person: a cookie, and steps as load.py takes them
Turns = list[list[Turn]] | list[Turn]  # for each client its own, or one list for all that is used up


@dataclass(frozen=True)
class Kind:
    """A row of the table."""

    name: str
    title: str
    turns: Callable[[Flask, School, int], Turns]  # at least as many as asked for, or as there can be
    used_once: bool = False  # each turn changes what it finds, so nobody can take it again


def step(method: str, path: str, word: str, *, status: int = 200, body: str = "", headers: Sequence[str] = ()) -> Turn:
    return {"method": method, "path": path, "status": status, "word": word, "body": body, "headers": list(headers)}


def form(path: str, school: School, *, word: str = "", status: int = 302) -> Turn:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return step("POST", path, word, status=status, body=urlencode({"csrf_token": school.csrf_token}), headers=[kind])


def of_trainee(school: School, trainee: Any, *steps: Turn) -> Turn:
    return {"cookie": school.cookies[trainee], "steps": list(steps)}


def first_visits(app: Flask, school: School, wanted: int) -> Turns:
    return lesson_pages(school, school.new_readers)


def later_visits(app: Flask, school: School, wanted: int) -> Turns:
    """With the reader's own answers to the questions of the lesson, and what teaches about them."""
    return lesson_pages(school, school.trainees[:MOST_CLIENTS])


def lesson_pages(school: School, readers: Sequence[Any]) -> Turns:
    """Each reader opens all lessons of the course in turn, each from another one on."""
    steps = []
    for assigned in school.assigned:
        for lesson in module_of(assigned.version).lessons:
            word = f"<h1>{escape(lesson.title)}</h1>"
            steps.append(step("GET", f"/modules/{assigned.id}/lessons/{lesson.slug}", word))
    return [
        [of_trainee(school, trainee, one) for one in steps[place % len(steps) :] + steps[: place % len(steps)]]
        for place, trainee in enumerate(readers)
    ]


def some_answer(item: Item) -> Answer:
    options = [option.id for option in item.options]
    match item.type:
        case "single-choice":
            return options[0]
        case "multiple-choice":
            return options[:1]
        case "true-false":
            return {"claim": "true", "reason": options[0]}
        case "matching":
            return {options[0]: item.matches[0].id}
        case "ordering" | "ranking":
            return {option: str(place) for place, option in enumerate(options, start=1)}
        case "numeric":
            return "12"
    return {"text": "It gives the mission time."}


def saved_answers(app: Flask, school: School, wanted: int) -> Turns:
    """Each trainee answers the questions of an open attempt again and again."""
    module = module_of(school.main.version)
    own = school.trainees[:MOST_CLIENTS]
    chosen = sa.select(Attempt).where(Attempt.user_id.in_(own), ~sa.exists().where(Result.attempt_id == Attempt.id))
    attempts = {attempt.user_id: attempt for attempt in db.session.scalars(chosen)}
    headers = ["Content-Type: application/json", "Accept: application/json", f"X-CSRFToken: {school.csrf_token}"]
    turns = []
    for trainee in own:
        attempt = attempts[trainee]
        steps = []
        for item in attempt.paper:
            answer = some_answer(module.item_by_id[item])
            response = {"id": "{id}", "item": item, "answer": answer, "sequence": 0}
            body = json.dumps({"responses": [response]}).replace('"sequence": 0', '"sequence": {sequence}')
            path = f"/attempts/{attempt.id}/responses"
            steps.append(step("POST", path, '"{id}":"saved"', body=body, headers=headers))
        turns.append([of_trainee(school, trainee, one) for one in steps])
    return turns


def pairs(school: School) -> list[tuple[Any, Assigned]]:
    """Person and module, for quizzes that are started and submitted: first all of `main`, then others that are
    as long, should they be needed."""

    def length(one: Assigned) -> int:
        return module_of(one.version).assessment_by_id[QUIZ].length

    others = [one for one in school.assigned if one is not school.main and length(one) == length(school.main)]
    return [(trainee, one) for one in (school.main, *others) for trainee in school.trainees[MOST_CLIENTS:]]


def starts(app: Flask, school: School, wanted: int) -> Turns:
    close_attempts(school.trainees[:MOST_CLIENTS], at=now())
    db.session.commit()
    return [
        of_trainee(school, trainee, form(f"/modules/{one.id}/quizzes/{QUIZ}/start", school, word="/attempts/"))
        for trainee, one in pairs(school)[:wanted]
    ]


def submits(app: Flask, school: School, wanted: int) -> Turns:
    """An attempt with all its answers is submitted, and its result is read."""
    close_attempts(school.trainees[:MOST_CLIENTS], at=now())
    takers = pairs(school)[:wanted]
    attempts = open_attempts(takers, at=now())
    db.session.commit()
    return [
        of_trainee(
            school,
            trainee,
            form(f"/attempts/{attempt}/submit", school, word=f"/attempts/{attempt}/result"),
            step("GET", f"/attempts/{attempt}/result", "<h1>Your result"),
        )
        for (trainee, _assigned), attempt in zip(takers, attempts, strict=True)
    ]


def cohort_pages(app: Flask, school: School, wanted: int) -> Turns:
    return of_trainer(app, school, f"/cohorts/{school.cohort}", "A large contingent")


def cohort_files(app: Flask, school: School, wanted: int) -> Turns:
    return of_trainer(app, school, f"/cohorts/{school.cohort}/results.csv", "TRAINEE-01000")


def of_trainer(app: Flask, school: School, path: str, word: str) -> Turns:
    """One request of the trainer on many devices. Empty when there is no such page."""
    method = method_of(app, path)
    if method is None:
        return []
    one = step("GET", path, word) if method == "GET" else form(path, school, word=word, status=200)
    return [[{"cookie": cookie, "steps": [one]}] for cookie in school.trainers_cookies]


def method_of(app: Flask, path: str) -> str | None:
    for method in ("GET", "POST"):
        try:
            app.url_map.bind("localhost").match(path, method)
        except HTTPException:
            continue
        return method
    return None


# In the order in which they are measured: the cohort is read before it grows.
KINDS: Iterable[Kind] = (
    Kind("lesson", "Lesson page, first visit", first_visits),
    Kind("answered", "Lesson page, answered", later_visits),
    Kind("cohort", "Cohort page, 1,000 trainees", cohort_pages),
    Kind("csv", "The same as CSV", cohort_files),
    Kind("save", "Save one answer", saved_answers),
    Kind("start", "Start a quiz", starts, used_once=True),
    Kind("submit", "Submit, then the result", submits, used_once=True),
)
