"""A quiz with a time limit: the page counts down on the server's word and submits by itself."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.server import Server
from tests.browser.steps import answer, become_first_admin, heading, join, make_cohort, press, questions
from training import create_app
from training.curriculum import module_of
from training.db import db, now
from training.learning import attempts
from training.models import Allowance, Assignment, User

Begun = Callable[[timedelta], Page]


@pytest.fixture
def server(chromium: Browser, tmp_path: Path) -> Server:
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def begun(server: Server, new_page: NewPage) -> Begun:
    """begun(ago): Amina's page of a quiz of thirty minutes that she began so long ago."""
    ada = new_page(server)
    become_first_admin(ada, server)
    code = make_cohort(ada)
    page = new_page(server)
    join(page, code)

    def begin(ago: timedelta) -> Page:
        def start() -> uuid.UUID:
            amina = db.session.scalars(sa.select(User.id).where(User.service_number.is_not(None))).one()
            assignment = db.session.scalars(
                sa.select(Assignment).where(Assignment.module_slug == "protection-of-civilians")
            ).one()
            assignment.rules = {"quiz": {"minutes": 30}}
            quiz = module_of(assignment.module_version_id).assessment_by_id["quiz"]
            return attempts.start(amina, assignment, quiz, device="before", seed=1, at=now() - ago).id

        page.goto(f"/attempts/{at_the_database(server, start)}")
        press(page, "Go on here")
        expect(page.locator(".time-left")).to_be_visible()
        page.wait_for_load_state("networkidle")
        return page

    return begin


def at_the_database(server: Server, work: Callable[[], uuid.UUID]) -> uuid.UUID:
    with create_app(instance_path=str(server.folder)).app_context():
        done = work()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return done


def test_the_page_submits_by_itself_at_the_end_with_the_last_answers(begun: Begun) -> None:
    page = begun(timedelta(minutes=29, seconds=48))
    expect(page.locator(".time-left")).to_have_text("Less than one minute left")
    answer(next(questions(page)))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your result", timeout=30_000)
    expect(page.get_by_text("The time was up. What you had answered by then was marked.")).to_be_visible()


def test_ten_minutes_five_and_one_are_spoken_and_a_device_that_is_fast_submits_nothing(
    begun: Begun, server: Server
) -> None:
    page = begun(timedelta(minutes=19, seconds=30))
    page.clock.install()
    page.reload()
    shown, spoken = page.locator(".time-left"), page.locator(".time-left + [role=status]")
    expect(shown).to_have_text("Minutes left: 11")
    expect(spoken).to_be_empty()
    page.clock.run_for(60_000)
    expect(shown).to_have_text("Minutes left: 10")
    expect(spoken).to_have_text("Minutes left: 10")
    page.clock.run_for(4 * 60_000)  # it asks the server, whose clock has not moved
    expect(shown).to_have_text("Minutes left: 11")
    page.clock.fast_forward(60 * 60_000)
    expect(shown).to_have_text("Minutes left: 11")
    heading(page, "Module quiz")


def test_more_time_reaches_a_page_that_is_open(begun: Begun, server: Server) -> None:
    page = begun(timedelta(minutes=29, seconds=45))
    attempt = page.url.rsplit("/", 1)[1]

    def allow() -> uuid.UUID:
        [row] = db.session.execute(
            sa.text("SELECT user_id, assignment_id FROM attempt WHERE id = :id"), {"id": uuid.UUID(attempt).hex}
        )
        ada = db.session.scalars(sa.select(User.id).where(User.is_admin)).one()
        more = Allowance(
            user_id=uuid.UUID(row.user_id),
            assignment_id=uuid.UUID(row.assignment_id),
            assessment="quiz",
            extra_minutes=15,
            reason="reads in a third language",
            granted_by=ada,
            granted_at=now(),
        )
        db.session.add(more)
        db.session.flush()
        return more.id

    at_the_database(server, allow)
    expect(page.locator(".time-left")).to_have_text("Minutes left: 15", timeout=30_000)
    heading(page, "Module quiz")
