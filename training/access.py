"""Who may do what.

Two rules: a view without a rule answers 403, and fetching is checking: an object comes only from
one of the `*_for` functions, which gives it to whom it belongs and 404 to everybody else.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import joinedload

from training.db import SAFE_METHODS, db, now, rows
from training.models import (
    Assignment,
    Attempt,
    Cohort,
    Draft,
    Enrolment,
    Module,
    ModuleVersion,
    Notice,
    Result,
    ScenarioStep,
    SignIn,
    User,
)

View = TypeVar("View", bound=Callable[..., Any])
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Person(UserMixin):
    """Who is at the other end: what every request needs to know, read in one statement."""

    id: uuid.UUID
    name: str
    language: str
    component: str | None  # military, police or civilian: whose examples they read
    is_admin: bool
    is_trainer: bool  # of at least one cohort
    sign_in_id: uuid.UUID
    token: str

    def get_id(self) -> str:
        return self.token

    @property
    def tag(self) -> str:
        """Tells what a browser keeps for one person from what it keeps for another, and nothing else."""
        return uuid.uuid5(self.id, "browser").hex

    @property
    def may_train(self) -> bool:
        return self.is_admin or self.is_trainer


Rule = Callable[[Any], bool]


def anyone(person: Any) -> bool:
    return True


def signed_in(person: Any) -> bool:
    return bool(person.is_authenticated)


def trainers(person: Any) -> bool:
    return signed_in(person) and bool(person.may_train)


def admins(person: Any) -> bool:
    return signed_in(person) and bool(person.is_admin)


def allow(rule: Rule) -> Callable[[View], View]:
    """Declare who may call the view below. Stands directly under the route."""

    def declare(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(view: Callable[..., Any] | None) -> Rule | None:
    return getattr(view, "rule", None)


def init_app(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # phones change their address all the time
    login.user_loader(person_of_token)
    app.before_request(enforce)


def enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: 404 follows
    rule = rule_of(current_app.view_functions.get(request.endpoint))
    if rule is None:
        abort(403)
    if rule is anyone or rule(current_user):
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=remember_way()))
    abort(403)


def remember_way() -> str | None:
    """Where the person wanted to go, signed: a `next` that carries a bare address can be forged."""
    return signer().dumps(request.full_path.rstrip("?")) if request.method in SAFE_METHODS else None


def way_back(token: str | None) -> str:
    """Where to go after signing in: the address in *token* if we signed it, else the home page."""
    try:
        return str(signer().loads(token or ""))
    except BadSignature:
        return url_for("learning.home")


def signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="next")


def hash_of(token: str) -> str:
    """How a secret token is kept. The token itself is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


TRAINS_SOMEBODY = (
    sa.select(sa.literal(1))
    .where(Enrolment.user_id == User.id, Enrolment.role == "trainer", Enrolment.ended_at.is_(None))
    .exists()
)
PERSON = (
    sa.select(
        User.id,
        User.name,
        User.language,
        User.component,
        User.is_admin,
        TRAINS_SOMEBODY.label("is_trainer"),
        SignIn.id.label("sign_in_id"),
    )
    .join(SignIn, SignIn.user_id == User.id)
    .where(
        SignIn.token_hash == sa.bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > sa.bindparam("at", type_=SignIn.expires_at.type),
        User.active,
    )
)


def person_of_token(token: str) -> Person | None:
    row = rows(PERSON, {"token_hash": hash_of(token), "at": now()}).one_or_none()
    if row is None:
        return None
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        component=row.component,
        is_admin=row.is_admin,
        is_trainer=bool(row.is_trainer),
        sign_in_id=row.sign_in_id,
        token=token,
    )


def found(thing: Thing | None) -> Thing:
    if thing is None:
        abort(404)
    return thing


def enrolled(person: Person, role: str) -> sa.ColumnElement[bool]:
    """The condition that *person* is in the cohort of the row, as *role*."""
    return (
        sa.select(sa.literal(1))
        .where(
            Enrolment.cohort_id == Cohort.id,
            Enrolment.user_id == person.id,
            Enrolment.role == role,
            Enrolment.ended_at.is_(None),
        )
        .exists()
    )


def cohorts_for(person: Person) -> sa.Select[Cohort]:
    """The cohorts that *person* may run: own ones as a trainer, all as an admin."""
    chosen = sa.select(Cohort).order_by(Cohort.created_at.desc(), Cohort.id)
    return chosen if person.is_admin else chosen.where(enrolled(person, "trainer"))


def cohort_for(person: Person, cohort_id: uuid.UUID) -> Cohort:
    return found(db.session.scalar(cohorts_for(person).where(Cohort.id == cohort_id)))


def enrolment_for(person: Person, cohort_id: uuid.UUID, user_id: uuid.UUID, role: str = "trainee") -> Enrolment:
    """A member of a cohort that *person* may run."""
    cohort = cohort_for(person, cohort_id)
    return found(
        db.session.scalar(
            sa.select(Enrolment)
            .where(
                Enrolment.cohort_id == cohort.id,
                Enrolment.user_id == user_id,
                Enrolment.role == role,
                Enrolment.ended_at.is_(None),
            )
            .options(joinedload(Enrolment.user))
        )
    )


# Statements of the busiest pages are built once: building one costs more than running it.
MY_ASSIGNMENTS = sa.select(Assignment).where(
    Assignment.withdrawn_at.is_(None),
    sa.select(sa.literal(1))
    .where(
        Enrolment.cohort_id == Assignment.cohort_id,
        Enrolment.user_id == sa.bindparam("person", type_=sa.Uuid()),
        Enrolment.role == "trainee",
        Enrolment.ended_at.is_(None),
    )
    .exists(),
)
ALL_MINE = MY_ASSIGNMENTS.options(joinedload(Assignment.cohort))
ONE_OF_MINE = MY_ASSIGNMENTS.where(Assignment.id == sa.bindparam("assignment", type_=sa.Uuid()))
MY_ATTEMPT = sa.select(Attempt).where(
    Attempt.id == sa.bindparam("attempt", type_=sa.Uuid()),
    Attempt.user_id == sa.bindparam("person", type_=sa.Uuid()),
)


def assignments_for(person: Person) -> Sequence[Assignment]:
    """What *person* has to do, as a trainee."""
    return db.session.scalars(ALL_MINE, {"person": person.id}).all()


def assignment_for(person: Person, assignment_id: uuid.UUID) -> Assignment:
    return found(db.session.scalar(ONE_OF_MINE, {"person": person.id, "assignment": assignment_id}))


def cohort_assignment_for(person: Person, cohort_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """An assignment of a cohort that *person* may run, withdrawn or not."""
    cohort = cohort_for(person, cohort_id)
    return found(
        db.session.scalar(
            sa.select(Assignment).where(Assignment.id == assignment_id, Assignment.cohort_id == cohort.id)
        )
    )


def attempt_for(person: Person, attempt_id: uuid.UUID) -> Attempt:
    """An attempt of one's own. It stays open to its owner after the assignment has ended."""
    return found(db.session.scalar(MY_ATTEMPT, {"person": person.id, "attempt": attempt_id}))


def cohort_attempt_for(person: Person, cohort_id: uuid.UUID, user_id: uuid.UUID, attempt_id: uuid.UUID) -> Attempt:
    """An attempt that a trainee made in a cohort that *person* may run."""
    enrolment = enrolment_for(person, cohort_id, user_id)
    return found(
        db.session.scalar(
            sa.select(Attempt)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(
                Attempt.id == attempt_id,
                Attempt.user_id == enrolment.user_id,
                Assignment.cohort_id == enrolment.cohort_id,
            )
        )
    )


def cohort_work_for(person: Person, cohort_id: uuid.UUID, attempt_id: uuid.UUID) -> Attempt:
    """An attempt of a cohort that *person* may run, whoever made it: to be marked without a name."""
    cohort = cohort_for(person, cohort_id)
    return found(
        db.session.scalar(
            sa.select(Attempt)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(Attempt.id == attempt_id, Assignment.cohort_id == cohort.id)
        )
    )


def drew(item: str, versions: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
    """The condition that an attempt's paper has this item, of one of these versions."""
    pins = sa.cast(Attempt.pins, sa.String)
    return sa.cast(Attempt.paper, sa.String).contains(f'"{item}"', autoescape=True) & sa.or_(
        *(one for version in versions for one in (Attempt.module_version_id == version, pins.contains(str(version))))
    )


def cohort_question_for(person: Person, cohort_id: uuid.UUID, version_id: uuid.UUID, item: str) -> ModuleVersion:
    """The version of a question that was answered and marked in a cohort that *person* may run."""
    cohort = cohort_for(person, cohort_id)
    was_marked = (
        sa.select(Attempt.id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Assignment.cohort_id == cohort.id,
            drew(item, [version_id]),
            sa.exists().where(Result.attempt_id == Attempt.id),
        )
        .exists()
    )
    return found(db.session.scalar(sa.select(ModuleVersion).where(ModuleVersion.id == version_id, was_marked)))


def notice_for(person: Person, notice_id: uuid.UUID) -> Notice:
    """Something that *person* is to be told."""
    return found(db.session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.user_id == person.id)))


def cohort_scenario_for(
    person: Person, cohort_id: uuid.UUID, user_id: uuid.UUID, run: uuid.UUID
) -> Sequence[ScenarioStep]:
    """The steps of a trainee's run through a scenario, in a cohort that *person* may run."""
    enrolment = enrolment_for(person, cohort_id, user_id)
    steps = db.session.scalars(
        sa.select(ScenarioStep)
        .join(Assignment, Assignment.id == ScenarioStep.assignment_id)
        .where(
            ScenarioStep.run == run,
            ScenarioStep.user_id == enrolment.user_id,
            Assignment.cohort_id == enrolment.cohort_id,
        )
        .order_by(ScenarioStep.number)
    ).all()
    return found(steps or None)


def module_for(person: Person, slug: str) -> Module:
    """A module to edit: admins only."""
    return found(db.session.get(Module, slug) if person.is_admin else None)


def editable_for(person: Person, slug: str, *, to_change: bool = False) -> tuple[ModuleVersion | None, Draft | None]:
    """A module's newest version and its draft, at least one of them: admins only.

    *to_change* keeps others from changing the draft until the transaction ends.
    """
    if not person.is_admin:
        abort(404)
    draft = sa.select(Draft).where(Draft.module_slug == slug)
    draft_now = db.session.scalar(draft.with_for_update() if to_change else draft)
    newest = db.session.scalar(
        sa.select(ModuleVersion).where(ModuleVersion.module_slug == slug).order_by(ModuleVersion.number.desc()).limit(1)
    )
    return newest, found(draft_now) if newest is None else draft_now


def module_version_for(person: Person, slug: str, number: int) -> ModuleVersion:
    module = module_for(person, slug)
    return found(
        db.session.scalar(
            sa.select(ModuleVersion).where(ModuleVersion.module_slug == module.slug, ModuleVersion.number == number)
        )
    )


def user_for(person: Person, user_id: uuid.UUID) -> User:
    """Anybody, for an admin; oneself, for everybody else."""
    return found(db.session.get(User, user_id) if person.is_admin or person.id == user_id else None)
