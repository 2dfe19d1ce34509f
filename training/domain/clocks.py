"""The clock of a trainee's device, which may be wrong. It decides nothing; a trainer is told when it is far off."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

WORTH_SAYING = timedelta(minutes=2)


def clock_off(sent: Iterable[tuple[datetime | None, datetime]]) -> timedelta | None:
    """How far a device's clock is ahead of ours; behind, where it is negative.

    *sent*: when each answer was sent by the device's clock, and when it came in by ours. The median
    takes no notice of the one that was long on its way. None where the device told nothing.
    """
    differences = [(theirs - ours).total_seconds() for theirs, ours in sent if theirs is not None]
    return timedelta(seconds=median(differences)) if differences else None


def noticeable(off: timedelta | None) -> timedelta | None:
    """*off*, where a person should know of it."""
    return off if off is not None and abs(off) > WORTH_SAYING else None
