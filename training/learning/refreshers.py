"""Refreshers: the practice questions that a person has answered, each asked again before its answer is forgotten.

Nothing of them is stored. When a question is due follows from the answers that were practised (domain/spacing.py).
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from training.curriculum import module_of
from training.db import rows
from training.domain.content import Item, Lesson, Module
from training.domain.spacing import Practised, days_between, spacing
from training.models import Assignment, LessonEvent


@dataclass(frozen=True)
class Refresher:
    assignment: Assignment
    module: Module
    item: Item
    ask_at: datetime

    @property
    def lesson(self) -> Lesson:
        return self.module.lesson_by_slug[self.item.lesson]

    @property
    def version(self) -> uuid.UUID:
        return self.assignment.module_version_id

    def is_due(self, at: datetime) -> bool:
        return self.ask_at <= at

    def days_left(self, at: datetime) -> int | None:
        """0: today, 1: tomorrow; None where it is due."""
        return None if self.is_due(at) else days_between(at, self.ask_at)


ANSWERED = sa.select(
    LessonEvent.assignment_id,
    LessonEvent.module_version_id,
    LessonEvent.item_id,
    LessonEvent.at,
    LessonEvent.mark,
    LessonEvent.certainty,
).where(
    LessonEvent.user_id == sa.bindparam("person", type_=sa.Uuid()),
    LessonEvent.assignment_id.in_(sa.bindparam("assignments", type_=sa.Uuid(), expanding=True)),
    LessonEvent.kind == "practised",
)

Said = tuple[str, Practised]  # the digest of the question as it was then, and the answer


def refreshers(person: uuid.UUID, assignments: Sequence[Assignment]) -> Sequence[Refresher]:
    """Of the questions in the lessons of these modules, in the versions assigned; the longest due first.

    Where somebody has a module in two cohorts, the answers in both count, and the later assignment asks.
    """
    if not assignments:
        return ()
    slugs = {one.id: one.module_slug for one in assignments}
    answers = defaultdict[tuple[str, str | None], list[Said]](list)
    for assignment, version, name, at, mark, certainty in rows(
        ANSWERED, {"person": person, "assignments": list(slugs)}
    ):
        digest = module_of(version).item_by_id[name or ""].digest
        answers[slugs[assignment], name].append((digest, Practised(at, mark, certainty)))
    latest = {one.module_slug: one for one in sorted(assignments, key=lambda one: one.created_at)}
    found = []
    for own in latest.values():
        module = module_of(own.module_version_id)
        for item in module.items:
            ask_at = when_to_ask(item, answers.get((module.slug, item.id), ()))
            if ask_at:
                found.append(Refresher(own, module, item, ask_at))
    return sorted(found, key=lambda one: (one.ask_at, one.module.position))


def when_to_ask(item: Item, said: Sequence[Said]) -> datetime | None:
    """None where nothing can be told, as of a question that was never answered, or is not for practice any more.

    Answers to a question that another version has changed say nothing about it, so it is asked at once: whoever
    learned a wrong key meets the right one.
    """
    if item.use != "practice" or not said:
        return None
    same = [answer for digest, answer in said if digest == item.digest]
    if not same:
        return max(answer.at for _digest, answer in said)
    found = spacing(same)
    return found.ask_at if found else None
