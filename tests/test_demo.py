"""The demo: what somebody meets who looks around in it."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from training import demo
from training.config import ROOT
from training.curriculum import module_of
from training.db import db
from training.domain.progress import Status, next_step
from training.learning.refreshers import refreshers
from training.models import (
    Allowance,
    Assignment,
    Attempt,
    Event,
    HandMark,
    LessonEvent,
    Response,
    Result,
    ScenarioStep,
    User,
)
from training.publishing.publish import publish_course, read_folder
from training.standing import standings

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MOMENTS = (
    Attempt.started_at,
    Response.answered_at,
    Response.received_at,
    Result.marked_at,
    LessonEvent.at,
    ScenarioStep.at,
    HandMark.marked_at,
    Allowance.granted_at,
    Event.at,
)


@pytest.fixture
def filled(app: Flask) -> Flask:
    with app.app_context():
        publish_course(read_folder(ROOT / "modules"), by=None, at=AT)
        db.session.commit()
        demo.fill(at=AT)
        db.session.commit()
    return app


def test_the_demo_has_something_to_show_on_every_page(filled: Flask) -> None:
    with filled.app_context():
        assignments = db.session.scalars(sa.select(Assignment)).all()
        trainees = list(db.session.scalars(sa.select(User.id).where(User.service_number.like("SN-%"))))
        assert (len(trainees), len(assignments)) == (40, 2 * 5)
        found = standings(trainees, assignments, at=AT)
        assert {one.status for one in found.values()} == set(Status)
        taken = Counter(
            name
            for one in found.values()
            for name, of_person in one.assessments.items()
            if any(attempt.score is not None for attempt in of_person.attempts)
        )
        assert taken["pre-test"] > taken["post-test"] > 0 < taken["exam"]
        waits = [one.assessments["debrief"].waiting for one in found.values() if "debrief" in one.assessments]
        assert 2 <= sum(waits) <= 10
        assert sum(one.scenarios != {} for one in found.values()) > 20
        assert db.session.scalar(sa.select(sa.func.count()).where(Response.certainty == "sure"))
        for moment in MOMENTS:
            latest = db.session.scalar(sa.select(sa.func.max(moment, type_=moment.type)))
            assert latest is not None and latest <= AT, moment


def test_the_trainee_to_sign_in_as_stands_in_the_middle_of_protection_of_civilians(filled: Flask) -> None:
    with filled.app_context():
        person = db.session.scalars(sa.select(User.id).where(User.service_number == "SN-1001")).one()
        cohort = sa.select(Assignment.cohort_id).join(LessonEvent).where(LessonEvent.user_id == person)
        assigned = {
            one.module_slug: one
            for one in db.session.scalars(sa.select(Assignment).where(Assignment.cohort_id.in_(cohort)))
        }
        begun, now = assigned["start-here"], assigned["protection-of-civilians"]
        found = standings([person], [begun, now], at=AT)
        assert found[person, begun.id].status is Status.PASSED
        module = module_of(now.module_version_id)
        step = next_step(module, found[person, now.id], at=AT)
        assert step and step.lesson == module.lessons[3].slug
        assert sum(one.is_due(AT) for one in refreshers(person, list(assigned.values()))) > 5
