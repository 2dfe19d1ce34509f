"""Tariq at work: the small steps that the tests of cohorts share."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.learning.conftest import Quiz
from tests.pages import Browser
from tests.people import NOW, World
from training.curriculum import module_of
from training.db import db, new_id
from training.models import Attempt, Enrolment, Event, LessonEvent, Response, Result, User

Browse = Callable[..., Browser]


@pytest.fixture
def tariq(world: World, browse: Browse) -> Browser:
    return browse(world.tariq)


@pytest.fixture
def lena(world: World, browse: Browse) -> Browser:
    return browse(world.lena)


@pytest.fixture
def ada(world: World, browse: Browse) -> Browser:
    return browse(world.ada)


@pytest.fixture
def home(world: World) -> str:
    """The address of Tariq's cohort."""
    return f"/cohorts/{world.tariqs_cohort}"


@pytest.fixture
def aminas_quiz(app: Flask, world: World, browse: Browse) -> Quiz:
    return Quiz(app, world, browse(world.amina))


@pytest.fixture
def take_quiz(app: Flask, world: World, browse: Browse) -> Callable[..., str]:
    """take_quiz(world.amina, right=False): the path of a submitted attempt."""

    def take(person: uuid.UUID, *, right: bool = True) -> str:
        quiz = Quiz(app, world, browse(person))
        path = quiz.start()
        quiz.save(path, quiz.answers(path, right=right))
        quiz.submit(path)
        return path

    return take


@pytest.fixture
def events(app: Flask) -> Callable[[str], list[Event]]:
    def of_kind(kind: str) -> list[Event]:
        with app.app_context():
            return list(db.session.scalars(sa.select(Event).where(Event.kind == kind)))

    return of_kind


@pytest.fixture
def member(app: Flask) -> Callable[..., uuid.UUID]:
    """member("Maria", cohort): a new trainee who came with the cohort."""

    def add(
        name: str, cohort: uuid.UUID, *, role: str = "trainee", later: timedelta = timedelta(0), **more: Any
    ) -> uuid.UUID:
        with app.app_context():
            user = User(name=name, email=f"{name.lower()}@mail.example", created_at=NOW, **more)
            db.session.add(user)
            db.session.flush()
            db.session.add(Enrolment(user_id=user.id, cohort_id=cohort, role=role, enrolled_at=NOW + later))
            db.session.commit()
            return user.id

    return add


def fill(app: Flask, world: World, people: int, *, attempts: int = 2, first: int = 0, at: datetime = NOW) -> None:
    """Add *people* to Tariq's cohort, each with a lesson read and marked attempts, the last of them passed."""
    with app.app_context():
        document = module_of(world.version)
        graded = [item for item in document.items if item.use == "graded"][:3]
        rows: dict[type[Any], list[dict[str, Any]]] = {
            User: [],
            Enrolment: [],
            LessonEvent: [],
            Attempt: [],
            Response: [],
            Result: [],
        }
        for place in range(first, first + people):
            user = new_id()
            rows[User].append(
                {
                    "id": user,
                    "name": f"Person {place:04}",
                    "service_number": f"SN{place:05}",
                    "created_at": at,
                    "language": "en",
                    "is_admin": False,
                    "active": True,
                }
            )
            rows[Enrolment].append(
                {
                    "id": new_id(),
                    "user_id": user,
                    "cohort_id": world.tariqs_cohort,
                    "role": "trainee",
                    "enrolled_at": at,
                }
            )
            rows[LessonEvent].append(
                {
                    "id": new_id(),
                    "user_id": user,
                    "assignment_id": world.assignment,
                    "module_version_id": world.version,
                    "lesson": document.lessons[0].slug,
                    "kind": "finished",
                    "at": at,
                }
            )
            for number in range(1, attempts + 1):
                attempt, passed = new_id(), number == attempts
                rows[Attempt].append(
                    {
                        "id": attempt,
                        "user_id": user,
                        "assignment_id": world.assignment,
                        "module_version_id": world.version,
                        "assessment": "quiz",
                        "number": number,
                        "paper": [item.id for item in graded],
                        "started_at": at,
                    }
                )
                marks = {}
                for item in graded:
                    response = new_id()
                    answer: Any = item.options[0].id
                    if item.type == "multiple-choice":
                        answer = [answer]
                    elif item.type == "true-false":
                        answer = {"claim": "true", "reason": answer}
                    rows[Response].append(
                        {
                            "attempt_id": attempt,
                            "id": response,
                            "item_id": item.id,
                            "answer": answer,
                            "sequence": 1,
                            "received_at": at,
                        }
                    )
                    marks[item.id] = ["1" if passed else "0", str(response)]
                rows[Result].append(
                    {
                        "attempt_id": attempt,
                        "run": 1,
                        "marks": marks,
                        "score": 1 if passed else 0,
                        "passed": passed,
                        "marked_at": at,
                        "reason": "submitted",
                    }
                )
        # One number after the other: the database refuses a new attempt while an earlier one is open.
        for table in (User, Enrolment, LessonEvent):
            db.session.execute(sa.insert(table), rows[table])
        for number in range(attempts):
            for table in (Attempt, Result):
                db.session.execute(sa.insert(table), rows[table][number::attempts])
        db.session.execute(sa.insert(Response), rows[Response])
        db.session.commit()
