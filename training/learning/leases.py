"""Which device an attempt is answered on. What another device sends is kept, and does not count."""

from datetime import datetime

import sqlalchemy as sa

from training.db import db
from training.models import Attempt, Lease
from training.responses import hold


def holder(attempt: Attempt) -> Lease | None:
    """The lease that holds; None for an attempt from before there were leases, which any device may answer."""
    return db.session.scalar(
        sa.select(Lease).where(Lease.attempt_id == attempt.id).order_by(Lease.epoch.desc()).limit(1)
    )


def take_over(attempt: Attempt, device: str, *, at: datetime) -> None:
    """From now on the attempt is answered on *device*. Nothing changes where it is already, or after the submit."""
    if hold(attempt, alone=True).time.ended_at:  # nobody answers or takes it meanwhile
        return
    lease = holder(attempt)
    if lease is None or lease.device != device:
        epoch = lease.epoch + 1 if lease else 1
        db.session.add(Lease(attempt_id=attempt.id, epoch=epoch, device=device, taken_at=at))
        db.session.flush()
