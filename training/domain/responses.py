"""Which of the responses to an attempt count. Responses are facts; a changed mind is a later one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from training.domain.content import Answer


@dataclass(frozen=True)
class ResponseFact:
    id: UUID
    item: str
    answer: Answer | None  # None: the answer was taken back
    sequence: int  # counts the attempt's responses where they were given
    received_at: datetime
    sent_at: datetime | None = None  # the trainee's clock
    certainty: str | None = None
    set_aside: bool = False  # came from a device that another one had taken over from


def effective(responses: Iterable[ResponseFact], *, until: datetime | None = None) -> Mapping[str, ResponseFact]:
    """The response that counts for each item: the one with the highest sequence.

    Neither the order of arrival nor anybody's clock decides (equal sequences are settled by id). What
    was set aside does not count, and neither does what came in after *until*, the deadline: it is late.
    """
    counts: dict[str, ResponseFact] = {}
    for response in sorted(responses, key=lambda r: (r.sequence, r.id)):
        if not response.set_aside and (until is None or response.received_at <= until):
            counts[response.item] = response
    return {item: response for item, response in counts.items() if response.answer is not None}


def set_aside(responses: Iterable[ResponseFact], counted: Mapping[str, ResponseFact]) -> Mapping[str, ResponseFact]:
    """For each item the last answer that was set aside, where it is not the answer that counts anyway."""
    last: dict[str, ResponseFact] = {}
    for response in sorted(responses, key=lambda r: (r.sequence, r.id)):
        if response.set_aside:
            last[response.item] = response
    counts = {item: response.answer for item, response in counted.items()}
    return {item: response for item, response in last.items() if response.answer not in (None, counts.get(item))}
