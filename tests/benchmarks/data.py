"""A cohort of 1,000 with 10,000 submitted attempts at the quizzes of the course.

Some people learn through the platform's own functions, in a cohort of their own; the people of the
large cohort get copies of what they did, with new ids, in bulk.
"""

import random
import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from training.access import hash_of
from training.config import ROOT
from training.db import Base, db, new_id, now
from training.demo import FIRST_NAMES, LAST_NAMES, Learner, learn
from training.models import (
    Assignment,
    Attempt,
    Cohort,
    Enrolment,
    LessonEvent,
    Response,
    Result,
    ScenarioStep,
    SignIn,
    User,
)
from training.publishing.publish import publish_course, read_folder

TRAINEES = 1_000
ATTEMPTS = 10_000
PATTERNS = 24  # people who learn through the platform's own functions
MOST_CLIENTS = 32
CHUNK = 5_000
MAIN = "protection-of-civilians"  # its quiz is the one that is started, answered and submitted
QUIZ = "quiz"  # each module has one

Row = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """An attempt that somebody made, to be copied."""

    attempt: Row
    responses: Sequence[Row]
    result: Row


@dataclass(frozen=True)
class Assigned:
    """A module of the large cohort, with what people did in the same module elsewhere."""

    id: uuid.UUID
    version: uuid.UUID
    taken: Sequence[Taken]
    read: Sequence[Sequence[Row]]  # events in lessons, one list for each person
    walked: Sequence[Row]  # steps in scenarios


@dataclass(frozen=True)
class School:
    cohort: uuid.UUID
    trainees: Sequence[uuid.UUID]  # the first MOST_CLIENTS have an open attempt at the quiz of the module `main`
    new_readers: Sequence[uuid.UUID]  # of the trainees; they have opened no lesson yet
    assigned: Sequence[Assigned]
    main: Assigned  # the module MAIN
    cookies: dict[uuid.UUID, str]
    trainers_cookies: Sequence[str]
    csrf_token: str  # the same for everybody
    rows: dict[str, int]


def fill(app: Flask) -> School:
    """Fill the empty database of *app*."""
    dice = random.Random(2014)
    at = now()
    with app.app_context():
        _course, versions = publish_course(read_folder(ROOT / "modules"), by=None, at=at - timedelta(days=40))
        versions.sort(key=lambda version: version.module_slug)
        versions.sort(key=lambda version: version.document["position"])
        admin, trainer = people("Admin", 1, at), people("Trainer", 1, at)
        # Only somebody with a password counts as an admin; nobody signs in with this one.
        db.session.execute(sa.update(User).where(User.id.in_(admin)).values(is_admin=True, password_hash="none"))
        patterns, trainees = people("Pattern", PATTERNS, at), people("Trainee", TRAINEES, at)
        small = cohort("The patterns", "PTRN2345", patterns, trainer, at)
        large = cohort("A large contingent", "LRGE2345", trainees, trainer, at)
        assigned = []
        for version in versions:
            there, here = (
                Assignment(
                    id=new_id(),
                    cohort_id=one,
                    module_slug=version.module_slug,
                    module_version_id=version.id,
                    due_at=at + timedelta(days=7),
                    created_at=at - timedelta(days=30),
                )
                for one in (small, large)
            )
            db.session.add_all([there, here])
            db.session.flush()
            for user in db.session.scalars(sa.select(User).where(User.id.in_(patterns)).order_by(User.id)):
                learner = Learner(user, dice.gauss(0.6, 0.9), begins=True, diligence=1)
                learn(learner, there, dice, at=at, starts=at - timedelta(days=28))
            db.session.flush()
            assigned.append(copied_from(there.id, here))
        [main] = [one for version, one in zip(versions, assigned, strict=True) if version.module_slug == MAIN]
        new_readers = trainees[-MOST_CLIENTS:]
        copy_lessons(assigned, trainees[:-MOST_CLIENTS], dice)
        copy_attempts(assigned, trainees, dice)
        copy_walks(assigned, trainees[:-MOST_CLIENTS], dice)
        open_attempts([(one, main) for one in trainees[:MOST_CLIENTS]], at=at)
        tokens = sign_ins([*trainees, *trainer * MOST_CLIENTS], at)
        csrf, csrf_token = csrf_of(app)
        cookies = [cookie(app, token, csrf) for token in tokens]
        db.session.commit()
        return School(
            cohort=large,
            trainees=trainees,
            new_readers=new_readers,
            assigned=assigned,
            main=main,
            cookies=dict(zip(trainees, cookies, strict=False)),
            trainers_cookies=cookies[TRAINEES:],
            csrf_token=csrf_token,
            rows={
                table.__tablename__: size(table)
                for table in (User, Attempt, Response, Result, LessonEvent, ScenarioStep)
            },
        )


def size(table: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def bulk(table: type[Base], rows: Iterable[Row]) -> None:
    rows = list(rows)
    for first in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(table.__table__), rows[first : first + CHUNK])  # type: ignore[arg-type]


def values(row: Base) -> Row:
    return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}


# People


def people(kind: str, count: int, at: datetime) -> list[uuid.UUID]:
    ids = [new_id() for _number in range(count)]
    rows = [
        {
            "id": ids[n],
            "name": f"{FIRST_NAMES[n % len(FIRST_NAMES)]} {LAST_NAMES[n // len(FIRST_NAMES) % len(LAST_NAMES)]}",
            "service_number": f"{kind.upper()}-{n + 1:05}",
            "language": "en",
            "is_admin": False,
            "active": True,
            "created_at": at - timedelta(days=31),
        }
        for n in range(count)
    ]
    bulk(User, rows)
    return ids


def cohort(
    name: str, code: str, trainees: Sequence[uuid.UUID], trainers: Sequence[uuid.UUID], at: datetime
) -> uuid.UUID:
    made = Cohort(id=new_id(), name=name, join_code=code, created_at=at - timedelta(days=31))
    db.session.add(made)
    db.session.flush()
    bulk(
        Enrolment,
        (
            {
                "id": new_id(),
                "user_id": user,
                "cohort_id": made.id,
                "role": role,
                "enrolled_at": at - timedelta(days=30),
            }
            for role, members in {"trainee": trainees, "trainer": trainers}.items()
            for user in members
        ),
    )
    return made.id


def sign_ins(users: Sequence[uuid.UUID], at: datetime) -> list[str]:
    """A token for each: signed in as after the right password, without its slow hash."""
    tokens = [secrets.token_urlsafe(32) for _user in users]
    bulk(
        SignIn,
        (
            {
                "token_hash": hash_of(token),
                "id": new_id(),
                "user_id": user,
                "device": "benchmark",
                "started_at": at,
                "expires_at": at + timedelta(days=1),
            }
            for token, user in zip(tokens, users, strict=True)
        ),
    )
    return tokens


def csrf_of(app: Flask) -> tuple[str, str]:
    """What the session keeps, and what a form sends with it."""
    with app.test_request_context():
        token = generate_csrf()
        return session["csrf_token"], token


def cookie(app: Flask, token: str, csrf: str) -> str:
    interface = app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(app)
    assert serializer
    value = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": csrf})
    return f"{interface.get_cookie_name(app)}={value}"


# What they did


def copied_from(there: uuid.UUID, here: Assignment) -> Assigned:
    responses: dict[uuid.UUID, list[Row]] = {}
    for response in db.session.scalars(
        sa.select(Response).join(Attempt, Attempt.id == Response.attempt_id).where(Attempt.assignment_id == there)
    ):
        responses.setdefault(response.attempt_id, []).append(values(response))
    rows = db.session.execute(
        sa.select(Attempt, Result)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.assignment_id == there, Attempt.assessment == QUIZ)
        .order_by(Attempt.number, Attempt.id)
    )
    events: dict[uuid.UUID, list[Row]] = {}
    for event in db.session.scalars(sa.select(LessonEvent).where(LessonEvent.assignment_id == there)):
        events.setdefault(event.user_id, []).append(values(event))
    walked = db.session.scalars(sa.select(ScenarioStep).where(ScenarioStep.assignment_id == there))
    return Assigned(
        here.id,
        here.module_version_id,
        taken=[Taken(values(attempt), responses.get(attempt.id, []), values(result)) for attempt, result in rows],
        read=list(events.values()),
        walked=[values(step) for step in walked],
    )


def copy_lessons(assigned: Sequence[Assigned], trainees: Sequence[uuid.UUID], dice: random.Random) -> None:
    bulk(
        LessonEvent,
        (
            event | {"id": uuid.uuid4(), "user_id": trainee, "assignment_id": one.id}
            for one in assigned
            for trainee in trainees
            for event in dice.choice(one.read)
        ),
    )


def copy_walks(assigned: Sequence[Assigned], trainees: Sequence[uuid.UUID], dice: random.Random) -> None:
    """Each trainee walks through a scenario of each module that has some."""
    for one in assigned:
        runs: dict[uuid.UUID, list[Row]] = {}
        for step in one.walked:
            runs.setdefault(step["run"], []).append(step)
        for trainee in trainees if runs else ():
            run = {"user_id": trainee, "assignment_id": one.id, "run": uuid.uuid4()}
            bulk(ScenarioStep, (step | run | {"id": uuid.uuid4()} for step in dice.choice(list(runs.values()))))


def copy_attempts(assigned: Sequence[Assigned], trainees: Sequence[uuid.UUID], dice: random.Random) -> None:
    """ATTEMPTS in all, as evenly as can be; each is submitted before the next one of the same person starts."""
    pairs = [(trainee, one) for trainee in trainees for one in assigned]
    for turn in range(-(-ATTEMPTS // len(pairs))):
        add_attempts([(*pair, turn + 1, dice.choice(pair[1].taken)) for pair in pairs[: ATTEMPTS - turn * len(pairs)]])
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("ANALYZE attempt, result"))  # or the triggers plan for empty tables


def add_attempts(
    wanted: Sequence[tuple[uuid.UUID, Assigned, int, Taken]], *, started_at: datetime | None = None
) -> list[uuid.UUID]:
    """Copies of attempts, each for a person and with its number; still open when *started_at* is given."""
    attempts, responses, results = [], [], []
    for person, assigned, number, taken in wanted:
        new = {response["id"]: uuid.uuid4() for response in taken.responses}
        attempt = {
            "id": new_id(),
            "user_id": person,
            "assignment_id": assigned.id,
            "number": number,
            "started_at": started_at or taken.attempt["started_at"],
        }
        attempts.append(taken.attempt | attempt)
        responses += [
            response | {"attempt_id": attempt["id"], "id": new[response["id"]]} for response in taken.responses
        ]
        marks = {
            item: [mark, str(new[uuid.UUID(response)]) if response else None]
            for item, (mark, response) in taken.result["marks"].items()
        }
        results.append(taken.result | {"attempt_id": attempt["id"], "marks": marks})
    bulk(Attempt, attempts)
    bulk(Response, responses)
    if started_at is None:
        bulk(Result, results)
    return [attempt["id"] for attempt in attempts]


def open_attempts(pairs: Sequence[tuple[uuid.UUID, Assigned]], *, at: datetime) -> list[uuid.UUID]:
    """A new attempt for each of *pairs*, answered to the end and not submitted. None of them has an open one."""
    numbers = Counter(
        {
            (user, assignment): number
            for user, assignment, number in db.session.execute(
                sa.select(Attempt.user_id, Attempt.assignment_id, sa.func.max(Attempt.number)).group_by(
                    Attempt.user_id, Attempt.assignment_id
                )
            )
        }
    )
    return add_attempts(
        [
            (person, one, numbers[person, one.id] + 1, one.taken[place % len(one.taken)])
            for place, (person, one) in enumerate(pairs)
        ],
        started_at=at,
    )


def close_attempts(but_for: Sequence[uuid.UUID], *, at: datetime) -> None:
    """Mark what is open, so that everybody can start again; the people of *but_for* keep theirs."""
    is_open = ~sa.exists().where(Result.attempt_id == Attempt.id)
    found = db.session.execute(sa.select(Attempt.id, Attempt.paper).where(is_open, Attempt.user_id.not_in(but_for)))
    bulk(
        Result,
        [
            {
                "attempt_id": attempt,
                "run": 1,
                "marks": {item: ["0", None] for item in paper},
                "score": 0,
                "passed": False,
                "marked_at": at,
                "reason": "closed by the benchmark",
            }
            for attempt, paper in found
        ],
    )
