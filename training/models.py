"""The schema. What people do is kept as facts that are only ever added (see APPEND_ONLY);
what is true now is folded from them (see standing.py)."""

import uuid
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.db import Base, JSONValue, new_id

APPEND_ONLY = (
    "module_version",
    "attempt",
    "lease",
    "response",
    "result",
    "allowance",
    "hand_mark",
    "key_change",
    "outage",
    "lesson_event",
    "scenario_step",
    "event",
)

# What no foreign key can say, as (trigger, table, the condition under which a new row is refused).
GUARDS = (
    (
        "attempt_while_open",
        "attempt",
        "EXISTS (SELECT 1 FROM attempt AS other WHERE other.user_id = NEW.user_id"
        " AND other.assignment_id = NEW.assignment_id AND other.assessment = NEW.assessment"
        " AND NOT EXISTS (SELECT 1 FROM result WHERE result.attempt_id = other.id))",
    ),
    (
        "response_outside_paper",
        "response",
        "NOT EXISTS (SELECT 1 FROM attempt, {elements} AS item"
        " WHERE attempt.id = NEW.attempt_id AND item.value = NEW.item_id)",
    ),
)


class User(Base):
    """A person. The only home of personal data: facts about learning know the id alone."""

    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR service_number IS NOT NULL", name="has_sign_in_name"),
        CheckConstraint("component IN ('military', 'police', 'civilian')", name="component"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)  # folded: see domain/sign_in_names
    service_number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)  # folded as well
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    component: Mapped[str | None] = mapped_column(sa.String(10))  # whose examples they read; None: all three
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  # None until the invitation is used
    is_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    @property
    def sign_in_name(self) -> str:
        return self.email or self.service_number or ""


class SignIn(Base):
    """One device on which a person is signed in. Signing out kills it here, not in the browser."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # the cookie holds the token
    id: Mapped[uuid.UUID] = mapped_column(default=new_id, unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device: Mapped[str] = mapped_column(sa.String(200))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Throttle(Base):
    """Failed tries, by what was tried (never by address alone: a whole camp shares one)."""

    __tablename__ = "throttle"

    subject_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]


class Invitation(Base):
    """A link with which one person sets a password, once. Also the way back in after a lost one."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Cohort(Base):
    __tablename__ = "cohort"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(120))
    unit: Mapped[str] = mapped_column(sa.String(120), default="")
    country: Mapped[str] = mapped_column(sa.String(80), default="")
    deploys_on: Mapped[date | None]
    join_code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    is_open: Mapped[bool] = mapped_column(default=True)  # whether the join code still lets people in
    created_at: Mapped[datetime]


class Enrolment(Base):
    """Who is in a cohort, and as what. In a training of trainers the same person is both."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("user_id", "cohort_id", "role"),
        CheckConstraint("role IN ('trainee', 'trainer')", name="role"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # left the cohort: sees and is seen no more, results stay

    user: Mapped[User] = relationship()


class Module(Base):
    """The identity of a module across its versions."""

    __tablename__ = "module"

    slug: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    created_at: Mapped[datetime]


class ModuleVersion(Base):
    """A published module. What a trainee may see and the key stand apart (domain/content.py)."""

    __tablename__ = "module_version"
    __table_args__ = (UniqueConstraint("module_slug", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    module_slug: Mapped[str] = mapped_column(ForeignKey("module.slug"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    digest: Mapped[str] = mapped_column(sa.String(64))  # of document and key
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # path: text, verbatim as published
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    key: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # read by marking and by authors only
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))  # None: from modules/
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was published


class Draft(Base):
    """A module's files while somebody edits them. One draft a module; revision settles a race."""

    __tablename__ = "draft"

    module_slug: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    base_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("module_version.id"))
    files: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class Assignment(Base):
    """A module that a cohort has to do, in one version until a trainer moves it to a newer one."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("cohort_id", "module_slug"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    module_slug: Mapped[str] = mapped_column(ForeignKey("module.slug"))
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    # By assessment id, where the trainer's rules differ from the module's (domain/rules.py).
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # no longer asked for; what was done stays

    cohort: Mapped[Cohort] = relationship()


class Allowance(Base):
    """What a trainer allows one person in an assessment, and why. A later row replaces an earlier one."""

    __tablename__ = "allowance"
    __table_args__ = (Index(None, "assignment_id", "user_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    assessment: Mapped[str] = mapped_column(sa.String(60))
    extra_minutes: Mapped[int] = mapped_column(default=0)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # None: as for everybody
    reason: Mapped[str] = mapped_column(sa.String(500))
    granted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]


class Attempt(Base):
    """One taking of an assessment. The paper (the drawn items, in order) is all that is ever marked.

    Open until it has a Result. The database holds the limit: numbers are unique, and a trigger
    refuses a new attempt while an earlier one is open.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("user_id", "assignment_id", "assessment", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))
    assessment: Mapped[str] = mapped_column(sa.String(60))  # the id in the module's document
    number: Mapped[int]  # 1, 2, 3 … for this person, assignment and assessment
    paper: Mapped[Any] = mapped_column(JSONValue)  # item ids, in the order shown
    # Items of other modules, as in a final exam: module slug → id of the version that they were drawn from.
    pins: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # under which it began
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]  # as at the start; an allowance or an outage can move it

    assignment: Mapped[Assignment] = relationship()


class Lease(Base):
    """Which device an attempt is answered on. Taking it over adds a row; the highest epoch holds."""

    __tablename__ = "lease"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(sa.String(64))  # hash of the device's own cookie
    taken_at: Mapped[datetime]


class Response(Base):
    """One answer as it was given. A changed mind is another response; a repeat is the same one."""

    __tablename__ = "response"
    __table_args__ = (CheckConstraint("certainty IN ('sure', 'fairly-sure', 'guess')", name="certainty"),)

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # made where the answer was given
    item_id: Mapped[str] = mapped_column(sa.String(40))  # a trigger refuses one that is not in the paper
    answer: Mapped[Any | None] = mapped_column(JSONValue)  # None: taken back
    sequence: Mapped[int]  # counts the attempt's responses where they are given; the highest counts
    answered_at: Mapped[datetime | None]  # the trainee's clock, which may be wrong
    sent_at: Mapped[datetime | None]  # the same clock when it was sent: with received_at it tells how wrong
    received_at: Mapped[datetime]  # ours
    certainty: Mapped[str | None] = mapped_column(sa.String(12))  # how sure the trainee was, where that is asked
    epoch: Mapped[int] = mapped_column(default=1, server_default="1")  # of the lease that it was given under
    # From a device that another one had taken over from: kept and shown, never counted.
    set_aside: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Result(Base):
    """What an attempt was worth. Marking again adds a row; the highest run counts."""

    __tablename__ = "result"
    __table_args__ = (
        # The few among many that wait for a trainer.
        Index(
            "ix_result_waiting",
            "attempt_id",
            sqlite_where=sa.text("waiting > 0"),
            postgresql_where=sa.text("waiting > 0"),
        ),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, default=1)
    marks: Mapped[dict[str, Any]]  # item id: [mark as "n/d", id of the response that counted or null]
    score: Mapped[Fraction]  # share of the paper's marks, 0 to 1
    passed: Mapped[bool]
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")  # answers that a trainer has yet to mark
    red_lines: Mapped[Any] = mapped_column(
        JSONValue, default=list, server_default="[]"
    )  # red-line items answered wrong
    marked_at: Mapped[datetime]
    marked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))  # None: by the rules alone
    reason: Mapped[str] = mapped_column(sa.String(200))  # "submitted", "time is up", or why it was marked again


class HandMark(Base):
    """The mark that a person gave an answer which no rule can mark. A later row replaces an earlier one."""

    __tablename__ = "hand_mark"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    item_id: Mapped[str] = mapped_column(sa.String(40))
    response_id: Mapped[uuid.UUID]  # the answer that was marked
    mark: Mapped[Fraction]  # 0 to 1, by the key of then; what counts is worked out from the ideas
    ideas: Mapped[Any] = mapped_column(JSONValue)  # ids of the key ideas that were found in the answer
    comment: Mapped[str] = mapped_column(sa.String(1000), default="")
    marked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]


class KeyChange(Base):
    """A key that was wrong, put right after papers were marked with it. A later row replaces an earlier one.

    The published version stays as it is; marking reads its key with the changes that concern the attempt.
    """

    __tablename__ = "key_change"
    __table_args__ = (Index(None, "module_version_id", "item_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))
    item_id: Mapped[str] = mapped_column(sa.String(40))
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"))  # None: for all cohorts
    change: Mapped[dict[str, Any]]  # domain/marking_again.py
    reason: Mapped[str] = mapped_column(sa.String(500))
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]


class Notice(Base):
    """What a person has to be told at their next visit: a result that was marked again."""

    __tablename__ = "notice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When the server was last alive: one row, renewed while it runs."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1
    seen_at: Mapped[datetime]


class Outage(Base):
    """A time in which the server was down, noted when it came back. Time limits may credit it."""

    __tablename__ = "outage"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    began_at: Mapped[datetime]  # last seen alive
    ended_at: Mapped[datetime]


class LessonEvent(Base):
    """What a person did in a lesson: opened it, answered a question of its check, finished it."""

    __tablename__ = "lesson_event"
    __table_args__ = (
        Index(None, "user_id", "assignment_id"),
        # A cohort's page sums up all events of its assignments from this alone, without sorting them.
        Index("ix_lesson_event_in_order", "assignment_id", "user_id", "lesson", "kind", "at"),
        CheckConstraint("kind IN ('opened', 'practised', 'finished')", name="kind"),
        CheckConstraint("certainty IN ('sure', 'fairly-sure', 'guess')", name="certainty"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"))
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))
    lesson: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(10))
    item_id: Mapped[str | None] = mapped_column(sa.String(40))  # practised only
    answer: Mapped[Any | None] = mapped_column(JSONValue)  # practised only
    mark: Mapped[Fraction | None]  # practised only
    certainty: Mapped[str | None] = mapped_column(sa.String(12))  # practised only
    at: Mapped[datetime]


class ScenarioStep(Base):
    """One decision in a scenario. The steps of a run, in their order, are the path that was taken."""

    __tablename__ = "scenario_step"
    __table_args__ = (
        UniqueConstraint("run", "number"),
        Index(None, "user_id", "assignment_id"),
        Index(None, "assignment_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # made where the decision was taken
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"))
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))
    scenario: Mapped[str] = mapped_column(sa.String(60))
    run: Mapped[uuid.UUID]
    number: Mapped[int]  # 1, 2, 3 … in the run
    point: Mapped[str] = mapped_column(sa.String(40))
    choice: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]


class Event(Base):
    """Who did what to what, and when: sign-ins, enrolments, publishing, exports."""

    __tablename__ = "event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))  # None: the command line
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(80))  # "cohort:<id>", "user:<id>", …
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # no names, no addresses
