"""Works every result out again from the log alone: what was answered, and what was decided about keys and marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from training.db import db
from training.marking import each_marked, worth, worth_of


@dataclass(frozen=True)
class Compared:
    """A stored result beside what the facts give for its date."""

    attempt: UUID
    run: int
    differences: tuple[str, ...]  # a sentence for each part that is not the same


def compared(wanted: sa.ColumnElement[bool] | None = None) -> Iterator[Compared]:
    """Each marking of each attempt, or of those that fulfil *wanted*, as they are at one instant.

    Begins a transaction. Needs little memory, however many there are.
    """
    if db.engine.dialect.name == "postgresql":  # else each statement sees what was committed meanwhile
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    for attempt, facts in each_marked(wanted):
        for result in facts.results:
            kept, found = vars(worth_of(result)), vars(worth(attempt, facts, at=result.marked_at))
            differences = [
                f"{part} is {kept[part]}, should be {found[part]}" for part in kept if kept[part] != found[part]
            ]
            yield Compared(attempt.id, result.run, tuple(differences))
