"""The life of an attempt, in any order that a bad line and two phones can bring about, against a simple model of it.

Amina has two phones; Tariq gives her more time, and puts keys right after her papers were marked. Hypothesis
chooses what happens next; after each step the database has to hold exactly what the model says, and every
answer of the server has to be the one that the model expects.
"""

import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from itsdangerous import URLSafeTimedSerializer

from tests.factories_types import amiss, every_type, ruling_by
from tests.learning.conftest import Quiz
from tests.pages import Browser
from tests.people import World, enrol, make_world, person
from training.cohorts import marking_again
from training.cohorts.rules import allow_more
from training.curriculum import module_of
from training.db import db, now
from training.domain.marking_again import Ruling
from training.domain.rules import Allowance
from training.models import Assignment, Attempt, Cohort, Lease, ModuleVersion, Response, Result
from training.recompute import compared

LIMIT = 60  # minutes
PHONES = st.sampled_from([0, 1])
QUESTIONS = st.integers(0, 7)  # a paper has eight: one of each type that a rule marks, and one more
SEQUENCES = st.integers(1, 12)  # few, so that the same one comes twice
ANSWERS = st.sampled_from(["right", "wrong", "nothing"])
COUNTS = st.sampled_from(["published", "turned", "left out"])  # turned: what was wrong is right, and the reverse


@dataclass
class Sent:
    """A response as the model keeps it."""

    id: str
    question: int
    answer: str
    sequence: int
    epoch: int
    verdict: str
    is_behind: bool = False  # another phone had taken over when it came

    @property
    def counts(self) -> bool:
        return self.verdict == "saved"


@dataclass
class Life:
    """What is true of one attempt."""

    path: str
    items: list[str]
    answers: dict[str, list[Any]]  # "right" and "wrong": what to send for each item; "nothing" takes an answer back
    holder: int  # the phone that it is answered on
    epoch: int = 1
    extra: int = 0  # minutes beyond the limit
    sent: dict[str, Sent] = field(default_factory=dict)
    scores: list[Fraction] = field(default_factory=list)  # of each marking; none while it is open

    @property
    def is_open(self) -> bool:
        return not self.scores

    def mark(self, counts: dict[str, str]) -> None:
        """Mark it, or mark it again: a marking that changes nothing is none."""
        given = {self.items[question]: one.answer for question, one in self.counted.items()}
        right = {"published": ("right",), "turned": ("wrong",), "left out": ("right", "wrong", None)}
        earned = sum(given.get(item) in right[counts.get(item, "published")] for item in self.items)
        score = Fraction(earned, len(self.items))
        if self.scores[-1:] != [score]:
            self.scores.append(score)

    @property
    def counted(self) -> dict[int, Sent]:
        """The answer to each question: of those that count the one with the highest sequence."""
        last: dict[int, Sent] = {}
        for one in sorted(self.sent.values(), key=lambda sent: (sent.sequence, sent.id)):
            if one.counts:
                last[one.question] = one
        return {question: one for question, one in last.items() if one.answer != "nothing"}

    def expected(self, epoch: int) -> str:
        """The verdict on a new response."""
        return "late" if not self.is_open else "set-aside" if epoch < self.epoch else "saved"

    def body(self, one: Sent) -> dict[str, Any]:
        answer = None if one.answer == "nothing" else self.answers[one.answer][one.question]
        item = self.items[one.question]
        return {"id": one.id, "item": item, "answer": answer, "sequence": one.sequence, "epoch": one.epoch}


class School:
    """The application, and a new Amina with two phones for each life."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("a" * 40)
        self.counts: dict[str, str] = {}  # what counts for an item, where Tariq has said so
        with app.app_context():
            db.session.get_one(Assignment, world.assignment).rules = {"quiz": {"minutes": LIMIT}}
            db.session.commit()
        self.bruno = Quiz(app, world, self.phone(world.bruno))

    def new_amina(self) -> tuple[uuid.UUID, list[Quiz]]:
        with self.app.app_context():
            amina = person(f"Amina{uuid.uuid4().hex}")
            enrol(amina, db.session.get_one(Cohort, self.world.tariqs_cohort))
            db.session.commit()
            owner = amina.id
        return owner, [Quiz(self.app, self.world, self.phone(owner)) for _ in range(2)]

    def phone(self, owner: uuid.UUID) -> Browser:
        browser = Browser(self.app, owner)
        with browser.client.session_transaction() as session:
            session["csrf_token"] = "a" * 40
        return browser

    def post(self, phone: Quiz, path: str, **fields: Any) -> Any:
        return phone.browser.client.post(path, data={"csrf_token": self.token, **fields})

    def save(self, phone: Quiz, path: str, *responses: dict[str, Any]) -> dict[str, str]:
        headers = {"X-CSRFToken": str(self.token)}
        answer = phone.browser.client.post(path + "/responses", json={"responses": responses}, headers=headers)
        assert answer.status_code == 200, answer.text
        verdicts: dict[str, str] = answer.get_json()["verdicts"]
        return verdicts

    def allow(self, amina: uuid.UUID, minutes: int) -> None:
        """Tariq gives Amina so many minutes more."""
        with self.app.app_context():
            assignment = db.session.get_one(Assignment, self.world.assignment)
            quiz = module_of(self.world.version).assessment_by_id["quiz"]
            allowed = Allowance(extra_minutes=minutes, reason="The line is slow here.")
            allow_more(amina, assignment, quiz, allowed, by=self.world.tariq, at=now())
            db.session.commit()

    def rule_again(self, item: str, counts: str) -> None:
        """Tariq leaves a question out, puts its key right, or lets its published key count again."""
        if counts == self.counts.get(item, "published"):
            return
        self.counts[item] = counts
        with self.app.app_context():
            cohort = db.session.get_one(Cohort, self.world.tariqs_cohort)
            version = db.session.get_one(ModuleVersion, self.world.version)
            question = marking_again.question_in(cohort, version, item)
            ruling = (
                ruling_by(question.item, amiss(question.item, question.published))
                if counts == "turned"
                else Ruling(given_to_all=counts == "left out")
            )
            digest = marking_again.preview(question, ruling, cohort.id).digest
            marking_again.apply(
                question, ruling, cohort.id, digest=digest, reason="The key was wrong.", by=self.world.tariq, at=now()
            )
            db.session.commit()


class AttemptLife(RuleBasedStateMachine):
    school: School

    @initialize()
    def amina_comes(self) -> None:
        self.owner, self.phones = self.school.new_amina()
        self.lives: list[Life] = []
        self.allowed = 0  # minutes that Amina has on top in what she begins now

    @property
    def now(self) -> Life:
        return self.lives[-1]

    def has_begun(self) -> bool:
        return bool(self.lives)

    def has_ended(self) -> bool:
        return self.has_begun() and not self.now.is_open

    def has_sent(self) -> bool:
        return self.has_begun() and bool(self.now.sent)

    # What can happen

    @rule(phone=PHONES)
    def start(self, phone: int) -> None:
        """A start begins an attempt, or goes on with the open one on this phone."""
        answer = self.school.post(self.phones[phone], self.phones[phone].intro + "/start")
        assert answer.status_code == 302
        if self.has_begun() and self.now.is_open:
            assert answer.location == self.now.path
            self.expect_take_over(phone)
        else:
            assert answer.location not in [life.path for life in self.lives]
            self.lives.append(self.new_life(answer.location, phone))

    @rule(phone=PHONES)
    @precondition(has_begun)
    def go_on_here(self, phone: int) -> None:
        self.school.post(self.phones[phone], self.now.path + "/go-on-here")
        self.expect_take_over(phone)

    @rule(phone=PHONES, question=QUESTIONS, answer=ANSWERS, sequence=SEQUENCES, behind=st.integers(0, 2))
    @precondition(has_begun)
    def answer(self, phone: int, question: int, answer: str, sequence: int, behind: int) -> None:
        """A new answer, from a page of now or of an earlier lease; sequences come in any order."""
        self.send(phone, [self.new_response(question, answer, sequence, max(1, self.now.epoch - behind))])

    @rule(
        phone=PHONES,
        given=st.lists(st.tuples(QUESTIONS, ANSWERS, SEQUENCES, st.integers(0, 1)), min_size=2, max_size=5),
    )
    @precondition(has_begun)
    def answer_many_at_once(self, phone: int, given: list[tuple[int, str, int, int]]) -> None:
        self.send(phone, [self.new_response(q, a, s, max(1, self.now.epoch - behind)) for q, a, s, behind in given])

    @rule(phone=PHONES, data=st.data())
    @precondition(has_sent)
    def repeat(self, phone: int, data: st.DataObject) -> None:
        """The line was lost before the server's word came: the same response is sent again."""
        one = self.now.sent[data.draw(st.sampled_from(sorted(self.now.sent)))]
        verdicts = self.school.save(self.phones[phone], self.now.path, self.now.body(one))
        assert verdicts == {one.id: "already" if one.counts else one.verdict}

    @rule(phone=PHONES, data=st.data())
    @precondition(has_sent)
    def use_an_id_again(self, phone: int, data: st.DataObject) -> None:
        one = self.now.sent[data.draw(st.sampled_from(sorted(self.now.sent)))]
        other = Sent(one.id, (one.question + 1) % 8, "right", one.sequence, one.epoch, "")
        assert self.school.save(self.phones[phone], self.now.path, self.now.body(other)) == {one.id: "conflict"}

    @rule(phone=PHONES, change=st.sampled_from([{"item": "b9-99"}, {"answer": "no-such-option"}, {"answer": ["?"]}]))
    @precondition(has_begun)
    def answer_what_was_not_asked(self, phone: int, change: dict[str, Any]) -> None:
        body = self.now.body(self.new_response(0, "right", 1, self.now.epoch)) | change
        assert self.school.save(self.phones[phone], self.now.path, body) == {body["id"]: "refused"}

    @rule(phone=PHONES)
    @precondition(has_begun)
    def answer_an_attempt_of_somebody_else(self, phone: int) -> None:
        body = {"responses": [self.now.body(self.new_response(0, "right", 1, 1))]}
        headers = {"X-CSRFToken": str(self.school.token)}
        answer = self.school.bruno.browser.client.post(self.now.path + "/responses", json=body, headers=headers)
        assert answer.status_code == 404

    @rule(phone=PHONES, behind=st.integers(0, 1))
    @precondition(has_begun)
    def submit(self, phone: int, behind: int) -> None:
        epoch = max(1, self.now.epoch - behind)
        self.school.post(self.phones[phone], self.now.path + "/submit", epoch=epoch)
        if self.now.is_open and epoch == self.now.epoch:
            self.now.mark(self.school.counts)

    @rule(minutes=st.integers(1, 30))
    @precondition(has_begun)
    def extend(self, minutes: int) -> None:
        """What a running attempt was given stays given; a later allowance replaces an earlier one for the next."""
        self.school.allow(self.owner, minutes)
        self.allowed = minutes
        if self.now.is_open:
            self.now.extra = max(self.now.extra, minutes)

    @rule(question=QUESTIONS, counts=COUNTS)
    @precondition(has_ended)
    def mark_again(self, question: int, counts: str) -> None:
        self.school.rule_again(self.now.items[question], counts)
        for life in self.lives:
            life.mark(self.school.counts)

    @rule(phone=PHONES)
    @precondition(has_begun)
    def look(self, phone: int) -> None:
        """The page says what is true: whose turn it is, how much is answered."""
        page = self.phones[phone].browser.client.get(self.now.path)
        if not self.now.is_open:
            assert page.location == self.now.path + "/result"
            return
        assert ("This quiz is open on another device." in page.text) == (phone != self.now.holder)
        assert f"{len(self.now.counted)} of 8 answered" in page.text
        limit = 60 * (LIMIT + self.now.extra)
        seconds = self.phones[phone].browser.client.get(self.now.path + "/time").get_json()["seconds"]
        assert limit - 300 < seconds <= limit

    # What has to be true at all times

    @invariant()
    def the_database_holds_what_the_model_says(self) -> None:
        for life in self.lives[-1:]:
            self.check(life)

    def teardown(self) -> None:
        with self.school.app.app_context():
            attempts = sa.select(Attempt.id).where(Attempt.user_id == self.owner).order_by(Attempt.number)
            assert [f"/attempts/{one}" for one in db.session.scalars(attempts)] == [life.path for life in self.lives]
        for life in self.lives:
            self.check(life)

    def check(self, life: Life) -> None:
        attempt = uuid.UUID(life.path.split("/")[2])
        with self.school.app.app_context():
            epochs = db.session.scalars(sa.select(Lease.epoch).where(Lease.attempt_id == attempt))
            assert sorted(epochs) == list(range(1, life.epoch + 1))
            columns = Response.id, Response.item_id, Response.sequence, Response.epoch, Response.set_aside
            kept = db.session.execute(sa.select(*columns).where(Response.attempt_id == attempt)).all()
            markings = sa.select(Result.score).where(Result.attempt_id == attempt).order_by(Result.run)
            scores = list(db.session.scalars(markings))
        assert sorted((str(one), *rest) for one, *rest in kept) == sorted(
            (one.id, life.items[one.question], one.sequence, one.epoch, one.is_behind) for one in life.sent.values()
        )
        assert scores == life.scores

    # Helpers

    def new_life(self, path: str, phone: int) -> Life:
        right = self.phones[phone].answers(path)
        wrong = self.phones[phone].answers(path, right=False)
        items = list(right)
        answers = {"right": [right[item] for item in items], "wrong": [wrong[item] for item in items]}
        return Life(path, items, answers, holder=phone, extra=self.allowed)

    def new_response(self, question: int, answer: str, sequence: int, epoch: int) -> Sent:
        verdict, is_behind = self.now.expected(epoch), epoch < self.now.epoch
        return Sent(str(uuid.uuid4()), question, answer, sequence, epoch, verdict, is_behind)

    def send(self, phone: int, new: list[Sent]) -> None:
        verdicts = self.school.save(self.phones[phone], self.now.path, *map(self.now.body, new))
        assert verdicts == {one.id: one.verdict for one in new}
        self.now.sent.update({one.id: one for one in new})

    def expect_take_over(self, phone: int) -> None:
        if self.now.is_open and self.now.holder != phone:
            self.now.holder = phone
            self.now.epoch += 1


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app, every_type(own_words=False))


def test_an_attempt_lives_as_the_model_says(app: Flask, world: World) -> None:
    class HereAndNow(AttemptLife):
        school = School(app, world)

    run_state_machine_as_test(
        HereAndNow,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with app.app_context():
        assert not [one for one in compared() if one.differences], "the log alone gives another result"
