"""An attempt begins: on a paper of its own, under the rules of that moment. Beginning again goes on where one was."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from training.curriculum import bank_of_versions, versions_for
from training.db import db, new_id
from training.domain.bank import Bank
from training.domain.content import Assessment, Item
from training.domain.papers import draw_paper, pool_of
from training.domain.rules import Refusal, Rules, Why, clock_of, refusal
from training.i18n import moment
from training.learning import leases
from training.models import Assignment, Attempt, Lease, Result
from training.rules import rules_of


class Refused(Exception):
    """No attempt can start now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def in_words(refusal: Refusal, *, is_passed: bool = False) -> str:
    """What to tell the person whose start was refused; *is_passed*: they need no further attempt."""
    if is_passed and refusal.why is Why.NO_ATTEMPT_LEFT:
        return str(_("You have done this. No attempt is left, and none is needed."))
    when = moment(refusal.until).striptags()
    sentences = {
        Why.NOT_OPEN: _("This quiz is not open yet. It opens on %(moment)s.", moment=when),
        Why.WAIT: _("There is a break between two attempts. You can start again on %(moment)s.", moment=when),
        Why.NO_ATTEMPT_LEFT: _("You have used all your attempts. Ask your trainer what to do next."),
        Why.OVER: _("The last day is over, and those who took this quiz see the right answers. Ask your trainer."),
        Why.NO_QUESTIONS: _("This quiz has too few questions at this moment. Tell your trainer."),
    }
    return sentences[refusal.why]


def start(
    person: uuid.UUID, assignment: Assignment, assessment: Assessment, *, device: str, seed: int, at: datetime
) -> Attempt:
    """A new attempt, or the open one: who starts again goes on where they were, from then on on this *device*.

    Raises Refused when the rules allow no attempt now. The database settles a race of many starts:
    numbers are unique, and it refuses a second open attempt.
    """
    met = attempts_so_far(person, assignment, assessment)
    earlier = [(attempt, ended_at) for attempt, ended_at in met if is_of(attempt, assignment, assessment)]
    if open_one := next((attempt for attempt, ended_at in earlier if ended_at is None), None):
        leases.take_over(open_one, device, at=at)
        return open_one
    rules = rules_of(person, assignment, assessment)
    if refused := refusal(rules, [ended_at for _attempt, ended_at in earlier if ended_at], at=at):
        raise Refused(refused)
    attempt = new_attempt(person, assignment, assessment, rules, [attempt for attempt, _ended_at in met], seed, at)
    attempt.number = len(earlier) + 1
    try:  # another start of the same person may be faster
        with db.session.begin_nested():
            db.session.add(attempt)
            db.session.add(Lease(attempt_id=attempt.id, epoch=1, device=device, taken_at=at))
    except IntegrityError:
        if len(attempts_so_far(person, assignment, assessment)) == len(met):
            raise
        return start(person, assignment, assessment, device=device, seed=seed, at=at)
    return attempt


def new_attempt(
    person: uuid.UUID,
    assignment: Assignment,
    assessment: Assessment,
    rules: Rules,
    met: list[Attempt],
    seed: int,
    at: datetime,
) -> Attempt:
    """With a paper that avoids what was in the papers *met*, as far as the bank allows."""
    pins = versions_for(assignment.cohort_id, assessment.other_modules)
    bank = bank_with(assignment, pins)
    paper = draw_paper(bank, assessment, seed=seed, seen={item for attempt in met for item in attempt.paper})
    if len(paper) < assessment.length:  # another module has lost questions since the blueprint was checked
        raise Refused(Refusal(Why.NO_QUESTIONS))
    return Attempt(
        id=new_id(),
        user_id=person,
        assignment_id=assignment.id,
        module_version_id=assignment.module_version_id,
        assessment=assessment.id,
        paper=list(paper),
        pins={slug: str(version) for slug, version in pins.items()},
        rules=clock_of(rules).model_dump(),
        started_at=at,
        deadline=at + timedelta(minutes=rules.minutes) if rules.minutes else None,
    )


def bank_with(assignment: Assignment, pins: Mapping[str, uuid.UUID]) -> Bank:
    return bank_of_versions((assignment.module_version_id, *(pins[slug] for slug in sorted(pins))))


def drawable(assignment: Assignment, assessment: Assessment) -> list[Item]:
    """The items that a paper may have which starts now."""
    bank = bank_with(assignment, versions_for(assignment.cohort_id, assessment.other_modules))
    return [bank.item_by_id[item] for draw in assessment.draw for item in sorted(pool_of(bank, draw))]


def is_of(attempt: Attempt, assignment: Assignment, assessment: Assessment) -> bool:
    return (attempt.assignment_id, attempt.assessment) == (assignment.id, assessment.id)


def attempts_so_far(
    person: uuid.UUID, assignment: Assignment, assessment: Assessment
) -> list[tuple[Attempt, datetime | None]]:
    """Those at the assessment and at the one that it is parallel to, each with its end, the oldest first."""
    ended_at = (
        sa.select(sa.func.min(Result.marked_at, type_=Result.marked_at.type))
        .where(Result.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    wanted = (Attempt.assignment_id == assignment.id) & (Attempt.assessment == assessment.id)
    if assessment.parallel_to:
        module, _, other = assessment.parallel_to.partition("/")
        wanted |= (Assignment.module_slug == module) & (Attempt.assessment == other)
    rows = db.session.execute(
        sa.select(Attempt, ended_at)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Attempt.user_id == person, wanted)
        .order_by(Attempt.number)
    )
    return [(attempt, min(ended, attempt.deadline or ended) if ended else None) for attempt, ended in rows]
