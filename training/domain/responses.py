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


def effective(responses: Iterable[ResponseFact], *, until: datetime | None = None) -> Mapping[str, ResponseFact]:
    """The response that counts for each item: the one with the highest sequence.

    Neither the order of arrival nor anybody's clock decides (equal sequences, from two devices, are
    settled by id). What came in after *until*, the deadline, is late and does not count.
    """
    counts: dict[str, ResponseFact] = {}
    for response in sorted(responses, key=lambda r: (r.sequence, r.id)):
        if until is None or response.received_at <= until:
            counts[response.item] = response
    return {item: response for item, response in counts.items() if response.answer is not None}
