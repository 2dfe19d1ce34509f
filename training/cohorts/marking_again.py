"""Marks a question again whose key was wrong: first what would change, then exactly that, in one transaction."""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _

from training.access import drew
from training.curriculum import assessment_of, module_of
from training.db import db, new_id
from training.domain.content import Assessment, Item, ItemKey, Module
from training.domain.marking_again import Change, Ruling, ruled
from training.errors import Problem
from training.events import note
from training.keys import changes_in, hold_keys, key_of, key_with
from training.marking import Worth, each_marked, worth, worth_of
from training.models import Assignment, Attempt, Cohort, Enrolment, KeyChange, ModuleVersion, Notice, Result, User

TICK = timedelta(microseconds=1)
SHOWN = 200
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Question:
    """A question that papers were marked with, as it counts in one cohort now."""

    item: Item
    module: Module
    version: uuid.UUID  # of the module, the one that it was opened in
    versions: Sequence[uuid.UUID]  # each version in which it is the same to the letter
    key: ItemKey
    published: ItemKey
    changes: Sequence[Change]  # of its key so far, the first one first


def question_in(cohort: Cohort, version: ModuleVersion, item_id: str) -> Question:
    module = module_of(version.id)
    item = module.item_by_id[item_id]
    numbers = sa.select(ModuleVersion.id).where(ModuleVersion.module_slug == version.module_slug)
    alike = [
        one
        for one in db.session.scalars(numbers.order_by(ModuleVersion.number))
        if (its := module_of(one).item_by_id.get(item_id)) and its.digest == item.digest
    ]
    changes = tuple(one for one in changes_in(cohort.id) if one.version == version.id and one.item == item_id)
    return Question(
        item=item,
        module=module,
        version=version.id,
        versions=alike,
        key=key_with((version.id,), changes)[item_id],
        published=key_of(version.id)[item_id],
        changes=changes,
    )


def counting(question: Question, ruling: Ruling) -> ItemKey:
    """The key as it would count."""
    return ruled(question.published, ruling)


def counts_already(question: Question, ruling: Ruling, *, for_all: bool) -> bool:
    """Whether *ruling* changes nothing. *for_all*: other cohorts may have another key."""
    return counting(question, ruling) == question.key and not for_all


# What would change


class Passing(StrEnum):
    """What becomes of a person's pass in a quiz, over all their attempts."""

    GAINED = "gained"
    LOST = "lost"
    KEPT = "kept"  # the attempt is passed now or no longer, and another one is passed as well


@dataclass(frozen=True)
class ChangedResult:
    attempt: uuid.UUID
    user: uuid.UUID
    name: str | None  # None: the person has left the cohort
    assessment: Assessment
    number: int  # of the attempt
    run: int  # of the result that is to come
    before: Worth
    after: Worth
    passing: Passing | None


@dataclass(frozen=True)
class Preview:
    """What a ruling would do to the results that there are."""

    ruling: Ruling
    marked: int  # results that have the question
    changed: Sequence[ChangedResult]  # who loses a pass first, then who gains one, then by name
    digest: str  # of all this and what it rests on
    newest: datetime | None  # the last fact that it rests on

    @property
    def shown(self) -> Sequence[ChangedResult]:
        """Everybody whose attempt is passed now or no longer, and as many of the others as one reads."""
        return self.changed[: max(SHOWN, sum(one.passing is not None for one in self.changed))]

    def count(self, passing: Passing) -> int:
        """How many people gain or lose a pass; who does so in two quizzes counts twice."""
        return sum(one.passing is passing for one in self.changed)


def preview(question: Question, ruling: Ruling, cohort: uuid.UUID | None) -> Preview:
    """*cohort*: whose results are meant; None for those of all cohorts."""
    if counts_already(question, ruling, for_all=cohort is None):
        raise Problem(_("This is what counts already. Choose something else, or leave the page."), 422)
    wanted = drew(question.item.id, question.versions) & (
        sa.true() if cohort is None else Attempt.assignment_id.in_(assignments_of(cohort))
    )
    trial = [Change(one, question.item.id, cohort, ruling, "", LAST) for one in question.versions]
    worths: dict[uuid.UUID, tuple[Attempt, int, Worth, Worth]] = {}
    newest: list[datetime] = []
    for attempt, facts in each_marked(wanted):
        after = worth(attempt, replace(facts, changes=[*facts.changes, *trial]))
        worths[attempt.id] = attempt, len(facts.results) + 1, worth_of(facts.results[-1]), after
        newest.extend(filter(None, (facts.newest,)))
    changed = {one: row for one, row in worths.items() if row[2] != row[3]}
    passing = passes(wanted, {one: row[3].passed for one, row in changed.items()})
    names = names_of(wanted, cohort)
    lines = [
        ChangedResult(
            attempt=attempt.id,
            user=attempt.user_id,
            name=names.get(attempt.user_id),
            assessment=assessment_of(attempt),
            number=attempt.number,
            run=run,
            before=before,
            after=after,
            passing=passing.get(attempt.id),
        )
        for attempt, run, before, after in changed.values()
    ]
    order = (Passing.LOST, Passing.GAINED, Passing.KEPT, None)
    return Preview(
        ruling=ruling,
        marked=len(worths),
        changed=sorted(lines, key=lambda one: (order.index(one.passing), (one.name or "").casefold(), one.number)),
        digest=digest_of(question, ruling, cohort, worths, passing),
        newest=max(newest, default=None),
    )


def assignments_of(cohort: uuid.UUID) -> sa.Select[uuid.UUID]:
    return sa.select(Assignment.id).where(Assignment.cohort_id == cohort).correlate(None)


def passes(wanted: sa.ColumnElement[bool], after: Mapping[uuid.UUID, bool]) -> Mapping[uuid.UUID, Passing]:
    """The attempts with which a person gains, loses or keeps a pass; *after*: the changed results, by attempt."""
    concerned = sa.select(Attempt.assignment_id).where(wanted).distinct().correlate(None)
    rows = db.session.execute(
        sa.select(Attempt.id, Attempt.user_id, Attempt.assignment_id, Attempt.assessment, Result.passed)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.assignment_id.in_(concerned))
        .order_by(Result.run)
    )
    quizzes: dict[tuple[uuid.UUID, uuid.UUID, str], dict[uuid.UUID, bool]] = {}
    for attempt, user, assignment, assessment, passed in rows:
        quizzes.setdefault((user, assignment, assessment), {})[attempt] = passed
    found = {}
    for before in quizzes.values():
        had, has = any(before.values()), any({**before, **{one: after[one] for one in before if one in after}}.values())
        flipped = [one for one in before if one in after and before[one] != after[one]]
        if had and has:
            found.update(dict.fromkeys(flipped, Passing.KEPT))
        elif flipped:
            found[flipped[0]] = Passing.GAINED if has else Passing.LOST
    return found


def names_of(wanted: sa.ColumnElement[bool], cohort: uuid.UUID | None) -> Mapping[uuid.UUID, str]:
    """Who is concerned: a trainer sees only who is in the cohort now."""
    people = sa.select(User.id, User.name).where(User.id.in_(sa.select(Attempt.user_id).where(wanted)))
    if cohort is not None:
        people = people.join(Enrolment, Enrolment.user_id == User.id).where(
            Enrolment.cohort_id == cohort, Enrolment.role == "trainee", Enrolment.ended_at.is_(None)
        )
    return dict(db.session.execute(people).all())


def digest_of(
    question: Question,
    ruling: Ruling,
    cohort: uuid.UUID | None,
    worths: Mapping[uuid.UUID, tuple[Attempt, int, Worth, Worth]],
    passing: Mapping[uuid.UUID, Passing],
) -> str:
    shown = [
        question.item.id,
        [str(one) for one in question.versions],
        ruling.model_dump(mode="json"),
        str(cohort),
        [[str(one), run, vars(after)] for one, (_attempt, run, _before, after) in worths.items()],
        sorted((str(one), what) for one, what in passing.items()),
    ]
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


# Doing it


class Stale(Exception):
    """Papers were submitted or marked since the preview was made: here is the new one."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def apply(
    question: Question,
    ruling: Ruling,
    cohort: uuid.UUID | None,
    *,
    digest: str,
    reason: str,
    by: uuid.UUID,
    at: datetime,
) -> Preview:
    """Do what the preview with this *digest* has shown, or nothing: then Stale has what it would be now."""
    hold_keys(question.versions, alone=True)
    shown = preview(question, ruling, cohort)
    if shown.digest != digest:
        raise Stale(shown)
    at = max(at, shown.newest + TICK) if shown.newest else at
    for version in question.versions:
        db.session.add(
            KeyChange(
                module_version_id=version,
                item_id=question.item.id,
                cohort_id=cohort,
                change=ruling.model_dump(mode="json", exclude_defaults=True),
                reason=reason,
                changed_by=by,
                changed_at=at,
            )
        )
    add_results(shown.changed, reason=reason, by=by, at=at)
    note(
        "marked-again",
        f"version:{question.version}",
        actor=by,
        at=at,
        item=question.item.id,
        cohort=str(cohort) if cohort else None,
        results=len(shown.changed),
        gained=shown.count(Passing.GAINED),
        lost=shown.count(Passing.LOST),
    )
    return shown


def add_results(changed: Collection[ChangedResult], *, reason: str, by: uuid.UUID, at: datetime) -> None:
    """The next result of each attempt, and a notice for the person, in two statements."""
    if not changed:
        return
    results = [
        {
            "attempt_id": one.attempt,
            "run": one.run,
            "marked_at": at,
            "marked_by": by,
            "reason": reason,
            **vars(one.after),
        }
        for one in changed
    ]
    notices = [
        {"id": new_id(), "user_id": one.user, "attempt_id": one.attempt, "kind": "marked-again", "created_at": at}
        for one in changed
    ]
    db.session.execute(sa.insert(Result), results)
    db.session.execute(sa.insert(Notice), notices)
