"""The events of an assignment's lessons, in the order in which they are summed up.

A cohort's page sorted 150,000 events in memory: 23 MB, and a fifth of a second for that alone.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_lesson_event_in_order", "lesson_event", ["assignment_id", "user_id", "lesson", "kind", "at"], unique=False
    )
    op.drop_index("ix_lesson_event_assignment_id", "lesson_event")


def downgrade() -> None:
    op.create_index("ix_lesson_event_assignment_id", "lesson_event", ["assignment_id"], unique=False)
    op.drop_index("ix_lesson_event_in_order", "lesson_event")
