"""The cast. Amina and Bruno are trainees of Tariq's cohort; Chidi is a trainee of Lena's; Ada is the admin.

Their names, addresses and service numbers are unique words, so that a test can search any page for them.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from tests.factories_course import course_files
from training.access import hash_of
from training.db import db
from training.models import Assignment, Cohort, Enrolment, ModuleVersion, SignIn, User
from training.publishing.publish import publish_course

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """Ids only: the rows belong to the request that reads them."""

    amina: uuid.UUID
    bruno: uuid.UUID
    chidi: uuid.UUID
    tariq: uuid.UUID
    lena: uuid.UUID
    ada: uuid.UUID
    tariqs_cohort: uuid.UUID
    lenas_cohort: uuid.UUID
    version: uuid.UUID  # the newest version of the only module
    module_slug: str
    assignment: uuid.UUID  # of the module to Tariq's cohort
    lenas_assignment: uuid.UUID


def person(name: str, **more: object) -> User:
    word = name.split()[0].lower()
    user = User(name=name, email=f"{word}@canary-mail.example", created_at=NOW, **more)
    db.session.add(user)
    db.session.flush()
    return user


def cohort(name: str, code: str) -> Cohort:
    made = Cohort(name=name, join_code=code, created_at=NOW)
    db.session.add(made)
    db.session.flush()
    return made


def enrol(user: User, into: Cohort, role: str = "trainee") -> None:
    db.session.add(Enrolment(user_id=user.id, cohort_id=into.id, role=role, enrolled_at=NOW))


def assign(version: ModuleVersion, to: Cohort, due_at: datetime | None = None) -> Assignment:
    made = Assignment(
        cohort_id=to.id, module_slug=version.module_slug, module_version_id=version.id, due_at=due_at, created_at=NOW
    )
    db.session.add(made)
    db.session.flush()
    return made


def withdraw(app: Flask, assignment: uuid.UUID) -> None:
    """The cohort has it no longer."""
    with app.app_context():
        db.session.get_one(Assignment, assignment).withdrawn_at = NOW
        db.session.commit()


def make_world(app: Flask, files: Mapping[str, str] | None = None) -> World:
    """*files*: of another course with one module."""
    with app.app_context():
        _, versions = publish_course(files or course_files(), by=None, at=NOW)
        version = versions[0]
        amina, bruno, chidi = person("Amina Okoro-Canary"), person("Bruno Silva-Canary"), person("Chidi Eze-Canary")
        tariq, lena = person("Tariq Aziz-Canary"), person("Lena Berg-Canary")
        ada = person("Ada Admin-Canary", is_admin=True)
        first, second = cohort("First battalion", "FRST2345"), cohort("Second battalion", "SCND2345")
        enrol(amina, first)
        enrol(bruno, first)
        enrol(tariq, first, "trainer")
        enrol(chidi, second)
        enrol(lena, second, "trainer")
        mine, other = assign(version, first), assign(version, second)
        world = World(
            amina=amina.id,
            bruno=bruno.id,
            chidi=chidi.id,
            tariq=tariq.id,
            lena=lena.id,
            ada=ada.id,
            tariqs_cohort=first.id,
            lenas_cohort=second.id,
            version=version.id,
            module_slug=version.module_slug,
            assignment=mine.id,
            lenas_assignment=other.id,
        )
        db.session.commit()
    return world


def sign_in_token(app: Flask, user: uuid.UUID) -> str:
    """A sign-in as it is after the right password, without the slow hash."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        at = datetime.now(UTC)
        db.session.add(
            SignIn(
                token_hash=hash_of(token),
                user_id=user,
                device="test",
                started_at=at,
                expires_at=at + timedelta(days=1),
            )
        )
        db.session.commit()
    return token
