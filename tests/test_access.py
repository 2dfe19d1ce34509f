"""Who may open what: every route, every kind of person. A route without a row fails.

All objects in the table belong to Amina and to Tariq's cohort. Bruno is in the same cohort, Chidi
and Lena belong to another one.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.pages import Browser, Page
from tests.people import NOW, World
from training import closing
from training.access import rule_of
from training.db import db, new_id
from training.domain.join_codes import ALPHABET
from training.invitations import invite
from training.keys import key_of
from training.learning import attempts, scenarios
from training.models import Assignment, Attempt, Notice, User

PEOPLE = ("amina", "bruno", "chidi", "tariq", "lena", "ada")

# What each kind of route answers to whom: in, 403, 404, or the way to the sign-in page.
ANYONE = dict.fromkeys(("stranger", *PEOPLE), "in")
SIGNED_IN = dict.fromkeys(PEOPLE, "in") | {"stranger": "sign in"}
ENROLLED = dict.fromkeys(PEOPLE, "404") | {"stranger": "sign in", "amina": "in", "bruno": "in"}
OWNER = dict.fromkeys(PEOPLE, "404") | {"stranger": "sign in", "amina": "in"}
TRAINERS = dict.fromkeys(PEOPLE, "403") | {"stranger": "sign in", "tariq": "in", "lena": "in", "ada": "in"}
ITS_TRAINER = TRAINERS | {"lena": "404"}
ADMINS = dict.fromkeys(PEOPLE, "403") | {"stranger": "sign in", "ada": "in"}

MODULE = "/modules/{assignment}"
ATTEMPT = "/attempts/{attempt}"
COHORT = "/cohorts/{cohort}"
PUBLISHING = "/publishing/protection-of-civilians"
LESSON = "01-what-poc-is/lesson.md"

ROUTES: dict[str, tuple[str, dict[str, str]]] = {
    "health": ("/health", ANYONE),
    "accounts.sign_in": ("/sign-in", ANYONE),
    "accounts.join": ("/join", ANYONE),
    "accounts.join_cohort": ("/join/FRSTAB23", ANYONE),
    "accounts.join_as_new": ("/join/FRSTAB23", ANYONE),
    "accounts.invitation": ("/invitation/{invitation}", ANYONE),
    "accounts.enrol": ("/join/FRSTAB23/enrol", SIGNED_IN),
    "accounts.account": ("/account", SIGNED_IN),
    "accounts.password": ("/account/password", SIGNED_IN),
    "accounts.sign_in_names": ("/account/sign-in-names", SIGNED_IN),
    "accounts.sign_out": ("/sign-out", SIGNED_IN),
    "accounts.sign_out_everywhere": ("/account/sign-out-everywhere", SIGNED_IN),
    "accounts.users": ("/users", ADMINS),
    "accounts.search_users": ("/users", ADMINS),
    "accounts.new_user": ("/users/new", ADMINS),
    "accounts.user": ("/users/{amina}", ADMINS),
    "accounts.invite_user": ("/users/{amina}/invitation", ADMINS),
    "learning.home": ("/", SIGNED_IN),
    "learning.read_notice": ("/notices/{notice}/read", OWNER),
    "learning.words": ("/words", SIGNED_IN),
    "learning.results": ("/results", SIGNED_IN),
    "learning.module": (MODULE, ENROLLED),
    "learning.lesson": (MODULE + "/lessons/what-poc-is", ENROLLED),
    "learning.open_lesson": (MODULE + "/lessons/what-poc-is/opened", ENROLLED),
    "learning.practise": (MODULE + "/lessons/what-poc-is/check?question=a1-01", ENROLLED),
    "learning.look_again": ("/look-again", SIGNED_IN),
    "learning.answer_again": ("/look-again/{assignment}/what-poc-is?question=a1-01", ENROLLED),
    "learning.finish_lesson": (MODULE + "/lessons/what-poc-is/finish", ENROLLED),
    "learning.scenario": (MODULE + "/scenarios/people-on-the-road", ENROLLED),
    "learning.decide": (MODULE + "/scenarios/people-on-the-road", ENROLLED),
    "learning.quiz": (MODULE + "/quizzes/quiz", ENROLLED),
    "learning.start": (MODULE + "/quizzes/quiz/start", ENROLLED),
    "learning.attempt": (ATTEMPT, OWNER),
    "learning.answer": (ATTEMPT, OWNER),
    "learning.check": (ATTEMPT + "/check", OWNER),
    "learning.save": (ATTEMPT + "/responses", OWNER),
    "learning.time_left": (ATTEMPT + "/time", OWNER),
    "learning.submit": (ATTEMPT + "/submit", OWNER),
    "learning.take_over": (ATTEMPT + "/go-on-here", OWNER),
    "learning.how_sure": ("/certainty", SIGNED_IN),
    "learning.result": (ATTEMPT + "/result", OWNER),
    "cohorts.index": ("/cohorts", TRAINERS),
    "cohorts.new": ("/cohorts/new", TRAINERS),
    "cohorts.cohort": (COHORT, ITS_TRAINER),
    "cohorts.edit": (COHORT + "/edit", ITS_TRAINER),
    "cohorts.results": (COHORT + "/results.csv", ITS_TRAINER),
    "cohorts.join_sheet": (COHORT + "/join-sheet", ITS_TRAINER),
    "cohorts.new_join_code": (COHORT + "/join-code", ITS_TRAINER),
    "cohorts.modules": (COHORT + "/modules", ITS_TRAINER),
    "cohorts.dates": (COHORT + "/modules/{assignment}", ITS_TRAINER),
    "cohorts.assessment_rules": (COHORT + "/modules/{assignment}/rules/quiz", ITS_TRAINER),
    "cohorts.allowance": (COHORT + "/people/{amina}/allowances/{assignment}/quiz", ITS_TRAINER),
    "cohorts.move": (COHORT + "/modules/{assignment}/move", ITS_TRAINER),
    "cohorts.restore": (COHORT + "/modules/{assignment}/restore", ITS_TRAINER),
    "cohorts.withdraw": (COHORT + "/modules/{assignment}/withdraw", ITS_TRAINER),
    "cohorts.people": (COHORT + "/people", ITS_TRAINER),
    "cohorts.people_csv": (COHORT + "/people/csv", ITS_TRAINER),
    "cohorts.add_people": (COHORT + "/people/csv/add", ITS_TRAINER),
    "cohorts.links": (COHORT + "/people/links.csv", ITS_TRAINER),
    "cohorts.person": (COHORT + "/people/{amina}", ITS_TRAINER),
    "cohorts.attempt": (COHORT + "/people/{amina}/attempts/{attempt}", ITS_TRAINER),
    "cohorts.scenario": (COHORT + "/people/{amina}/scenarios/{run}", ITS_TRAINER),
    "cohorts.renew_link": (COHORT + "/people/{amina}/link", ITS_TRAINER),
    "cohorts.end_enrolment": (COHORT + "/people/{bruno}/trainee/end", ITS_TRAINER),
    "cohorts.questions": (COHORT + "/questions", ITS_TRAINER),
    "cohorts.questions_csv": (COHORT + "/questions.csv", ITS_TRAINER),
    "cohorts.quizzes_csv": (COHORT + "/quizzes.csv", ITS_TRAINER),
    "cohorts.answers": (COHORT + "/answers", ITS_TRAINER),
    "cohorts.answer": (COHORT + "/answers/{attempt}/a1-04", ITS_TRAINER),
    "cohorts.key": (COHORT + "/questions/{version}/{answered}/key", ITS_TRAINER),
    "cohorts.preview": (COHORT + "/questions/{version}/{answered}/key", ITS_TRAINER),
    "cohorts.mark_again": (COHORT + "/questions/{version}/{answered}/key/apply", ITS_TRAINER),
    "publishing.index": ("/publishing", ADMINS),
    "publishing.coverage": ("/publishing/course/coverage", TRAINERS),
    "publishing.module": (PUBLISHING, ADMINS),
    "publishing.edit": (PUBLISHING + "/edit/" + LESSON, ADMINS),
    "publishing.show_preview": (PUBLISHING + "/preview/" + LESSON, ADMINS),
    "publishing.add_lesson": (PUBLISHING + "/lessons", ADMINS),
    "publishing.rename": (PUBLISHING + "/lessons/01-what-poc-is/place", ADMINS),
    "publishing.delete": (PUBLISHING + "/lessons/01-what-poc-is/delete", ADMINS),
    "publishing.discard": (PUBLISHING + "/discard", ADMINS),
    "publishing.review": (PUBLISHING + "/review", ADMINS),
    "publishing.import_files": (PUBLISHING + "/import", ADMINS),
    "publishing.version": (PUBLISHING + "/versions/1", ADMINS),
    "publishing.changes": (PUBLISHING + "/versions/1/changes", ADMINS),
    "publishing.download": (PUBLISHING + "/versions/1/download", ADMINS),
}


# What the one before has done already: Bruno has left the cohort when Ada comes after Tariq.
RUN = uuid.UUID(int=7)  # of Amina, through a scenario
ONLY_ONCE = {("cohorts.end_enrolment", "POST", "ada")}


@dataclass(frozen=True)
class Cell:
    """The world of one row, with an open attempt of Amina's, an invitation and a notice of hers, and a
    marked attempt of Bruno's."""

    app: Flask
    world: World
    attempt: uuid.UUID
    invitation: str
    notice: uuid.UUID
    answered: str  # a question that Bruno was marked for

    def path(self, template: str) -> str:
        ids = {name: getattr(self.world, name) for name in PEOPLE}
        return template.format(
            **ids,
            assignment=self.world.assignment,
            cohort=self.world.tariqs_cohort,
            attempt=self.attempt,
            run=RUN,
            invitation=self.invitation,
            notice=self.notice,
            version=self.world.version,
            answered=self.answered,
        )

    def outcome(self, who: str, method: str, path: str) -> str:
        browser = Browser(self.app, None if who == "stranger" else getattr(self.world, who))
        if method == "GET":
            page = browser.get(path)
        elif who == "stranger":
            token = browser.open("/sign-in").form().find(".//input[@name='csrf_token']")
            assert token is not None
            page = Page(browser.client.post(path, data={"csrf_token": token.get("value")}))
        else:
            page = browser.post(path, **({"question": "a1-01"} if path.endswith("question=a1-01") else {}))
        if page.status == 302 and "/sign-in" in str(page.response.location):
            return (
                "in"
                if path.startswith(("/sign-out", "/account", "/invitation", "/join")) and who != "stranger"
                else "sign in"
            )
        return {403: "403", 404: "404"}.get(page.status, "in")


@pytest.fixture
def cell(app: Flask, world: World) -> Cell:
    with app.app_context():
        db.session.execute(sa.text("UPDATE cohort SET join_code = 'FRSTAB23' WHERE join_code = 'FRST2345'"))
        assignment = db.session.get_one(Assignment, world.assignment)
        from training.curriculum import module_of

        quiz = module_of(world.version).assessment_by_id["quiz"]
        attempt = attempts.start(world.amina, assignment, quiz, device="amina", seed=1, at=NOW).id
        story = module_of(world.version).scenarios[0]
        first = story.points[0].choices[0].id
        scenarios.decide(world.amina, assignment, story, run=RUN, number=1, choice=first, at=NOW)
        db.session.commit()
        invitation = invite(world.amina, NOW, by=None)
        brunos = attempts.start(world.bruno, assignment, quiz, device="bruno", seed=2, at=NOW)
        closing.submit(brunos, at=NOW)
        notice = Notice(id=new_id(), user_id=world.amina, attempt_id=attempt, kind="marked-again", created_at=NOW)
        db.session.add(notice)
        answered, told = brunos.paper[0], notice.id
        db.session.commit()
    return Cell(app, world, attempt, invitation, told, answered)


def routes(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_has_a_row_and_a_rule(app: Flask) -> None:
    assert routes(app).keys() == ROUTES.keys()
    assert [name for name, view in app.view_functions.items() if rule_of(view) is None] == []


@pytest.mark.parametrize("endpoint", sorted(ROUTES))
def test_a_route_opens_to_whom_it_should_and_to_nobody_else(cell: Cell, endpoint: str) -> None:
    template, expected = ROUTES[endpoint]
    refused_first = sorted(expected, key=lambda who: expected[who] == "in")
    for method in sorted(routes(cell.app)[endpoint]):
        tried = [who for who in refused_first if (endpoint, method, who) not in ONLY_ONCE]
        found = {who: cell.outcome(who, method, cell.path(template)) for who in tried}
        assert found == {who: expected[who] for who in tried}, method


def test_a_view_without_a_rule_answers_403(tmp_path: Any) -> None:
    from training import create_app

    app = create_app({"SECRET_KEY": "x" * 40}, instance_path=str(tmp_path))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    page = app.test_client().get("/forgotten")
    assert page.status_code == 403
    assert b"secret" not in page.data


Crawl = Callable[[Browser], dict[str, str]]


def crawl(browser: Browser, starts: tuple[str, ...] = ("/",)) -> dict[str, str]:
    """Every page that links lead to, by path. Each is checked by Page; none may be missing or forbidden."""
    seen: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop().split("#")[0]
        if not path.startswith("/") or path in seen or path.startswith("/static/"):
            continue
        page = browser.get(path)
        assert page.status in (200, 302), f"{path} is linked and answers {page.status}"
        seen[path] = page.html
        waiting += [str(page.response.location)] if page.status == 302 else page.links()
    return seen


def names_of(app: Flask) -> dict[str, list[str]]:
    """The words that give each person away, by first name."""
    with app.app_context():
        return {
            user.name.split()[0].lower(): [user.name, str(user.email)] for user in db.session.scalars(sa.select(User))
        }


@pytest.mark.parametrize(
    ("who", "may_see"),
    [
        ("amina", {"amina"}),
        ("bruno", {"bruno"}),
        ("tariq", {"tariq", "amina", "bruno"}),
        ("lena", {"lena", "chidi"}),
    ],
)
def test_nobody_sees_a_person_of_another_cohort_and_trainees_see_nobody(
    cell: Cell, who: str, may_see: set[str]
) -> None:
    pages = crawl(Browser(cell.app, getattr(cell.world, who)))
    assert len(pages) > 5
    if who in ("tariq", "lena"):
        assert any("/people/" in path for path in pages)
    for name, signs in names_of(cell.app).items():
        if name not in may_see:
            for path, html in pages.items():
                assert not any(sign in html for sign in signs), f"{who} sees {name} at {path}"


def test_no_trainee_reads_a_key_of_a_graded_question_before_submitting_it(cell: Cell) -> None:
    with cell.app.app_context():
        keys = key_of(cell.world.version)
        paper = db.session.get_one(Attempt, cell.attempt).paper
        practice = {"a1-01", "a1-02", "a1-03", "a2-01"}
    secret = [o.feedback for item, key in keys.items() if item not in practice for o in key.options.values()]
    assert len(secret) > 15
    browser = Browser(cell.app, cell.world.amina)
    for path, html in crawl(browser, ("/", f"/attempts/{cell.attempt}", f"/attempts/{cell.attempt}/check")).items():
        assert not [words for words in secret if words in html], path
    browser.post(f"/attempts/{cell.attempt}/submit")
    shown = browser.open(f"/attempts/{cell.attempt}/result").html
    own = {option.feedback for item in paper for option in keys[item].options.values()}
    assert all(words in shown for words in own), "after the submit the feedback teaches"
    assert not [words for words in secret if words not in own and words in shown]


def test_join_codes_of_the_table_can_be_typed() -> None:
    assert set("FRSTAB23") <= set(ALPHABET)
