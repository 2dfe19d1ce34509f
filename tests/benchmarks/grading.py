"""How long it takes to mark 10,000 papers of 50 items, by the rules alone and from a database."""

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.benchmarks.data import School, bulk, close_attempts
from training.curriculum import bank_of_versions, module_of
from training.db import db, new_id, now
from training.demo import Learner, answer_of
from training.domain.responses import ResponseFact
from training.domain.rules import AttemptTime
from training.keys import key_with
from training.marking import Facts, Worth, worth
from training.models import Attempt, Response, Result
from training.recompute import compared

PAPERS, ITEMS = 10_000, 50
FIRST_NUMBER = 100_000  # of these attempts: far from those that people made


@dataclass(frozen=True)
class Paper:
    attempt: dict[str, Any]
    responses: list[ResponseFact]


def grading(app: Flask, school: School) -> dict[str, float]:
    """Seconds for each, and how many results were compared and found different."""
    with app.app_context():
        close_attempts([], at=now())
        papers = write_papers(school, at=now())
        begun = time.perf_counter()
        worths = [mark(paper) for paper in papers]
        marked = time.perf_counter() - begun
        keep(papers, worths)
        db.session.commit()
        begun = time.perf_counter()
        results = list(compared(Attempt.number >= FIRST_NUMBER))
        checked = time.perf_counter() - begun
        db.session.rollback()
        return {
            "marked": marked,
            "checked": checked,
            "compared": len(results),
            "different": sum(bool(one.differences) for one in results),
        }


def write_papers(school: School, *, at: datetime) -> list[Paper]:
    """Papers of the whole course, with an answer to each question."""
    dice = random.Random(50)
    home, *others = school.assigned
    versions = (home.version, *(one.version for one in sorted(others, key=lambda one: module_of(one.version).slug)))
    bank, key = bank_of_versions(versions), key_with(versions, ())
    items = [item for item in bank.item_by_id.values() if item.use == "graded"]
    learners = [Learner(None, dice.gauss(0.6, 0.9), begins=True, diligence=1) for _one in school.trainees]  # type: ignore[arg-type]
    papers = []
    for number in range(PAPERS):
        turn, place = divmod(number, len(school.trainees))
        drawn = dice.sample(items, ITEMS)
        attempt = {
            "id": new_id(),
            "user_id": school.trainees[place],
            "assignment_id": home.id,
            "module_version_id": home.version,
            "assessment": bank.home.assessments[0].id,
            "number": FIRST_NUMBER + turn,
            "paper": [item.id for item in drawn],
            "pins": {module_of(version).slug: str(version) for version in versions[1:]},
            "started_at": at - timedelta(hours=1),
        }
        responses = [
            ResponseFact(uuid.uuid4(), item.id, answer, sequence, at - timedelta(minutes=5))
            for sequence, item in enumerate(drawn)
            if (answer := answer_of(learners[place], item, key[item.id], dice)) is not None
        ]
        papers.append(Paper(attempt, responses))
    return papers


def mark(paper: Paper) -> Worth:
    return worth(Attempt(**paper.attempt, rules={}), Facts(paper.responses, (), (), (), time=AttemptTime()))


def keep(papers: list[Paper], worths: list[Worth]) -> None:
    """One number after the other: the database refuses a new attempt while an earlier one is open."""
    for first in range(0, PAPERS, 1000):
        chosen = list(zip(papers, worths, strict=True))[first : first + 1000]
        bulk(Attempt, [paper.attempt for paper, _worth in chosen])
        bulk(
            Result,
            [
                {"attempt_id": paper.attempt["id"], "run": 1, "marked_at": now(), "reason": "submitted", **vars(worth)}
                for paper, worth in chosen
            ],
        )
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("ANALYZE attempt, result"))  # or the triggers plan for empty tables
    bulk(
        Response,
        (
            {
                "attempt_id": paper.attempt["id"],
                "id": one.id,
                "item_id": one.item,
                "answer": one.answer,
                "sequence": one.sequence,
                "received_at": one.received_at,
            }
            for paper in papers
            for one in paper.responses
        ),
    )
