"""Leases, rules, allowances, marking by hand and again, certainty, outages, scenarios.

Columns are added in place: making an append-only table anew would need its triggers taken away.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from training.db import append_only

revision = "0002"
down_revision = "0001"
branch_labels = ()
depends_on = None

CERTAINTY = "CHECK (certainty IN ('sure', 'fairly-sure', 'guess'))"
COLUMNS = (  # table, column, type on SQLite, type on PostgreSQL, what follows
    (
        "user_account",
        "component",
        "VARCHAR(10)",
        "VARCHAR(10)",
        "CONSTRAINT ck_user_account_component CHECK (component IN ('military', 'police', 'civilian'))",
    ),
    ("assignment", "rules", "JSON", "JSONB", "DEFAULT '{}' NOT NULL"),
    ("attempt", "pins", "JSON", "JSONB", "DEFAULT '{}' NOT NULL"),
    ("attempt", "rules", "JSON", "JSONB", "DEFAULT '{}' NOT NULL"),
    ("response", "sent_at", "DATETIME", "TIMESTAMP WITH TIME ZONE", ""),
    ("response", "certainty", "VARCHAR(12)", "VARCHAR(12)", f"CONSTRAINT ck_response_certainty {CERTAINTY}"),
    ("response", "epoch", "INTEGER", "INTEGER", "DEFAULT '1' NOT NULL"),
    ("response", "set_aside", "BOOLEAN DEFAULT 0", "BOOLEAN DEFAULT false", "NOT NULL"),
    ("result", "waiting", "INTEGER", "INTEGER", "DEFAULT '0' NOT NULL"),
    ("result", "red_lines", "JSON", "JSONB", "DEFAULT '[]' NOT NULL"),
    (
        "result",
        "marked_by",
        "CHAR(32)",
        "UUID",
        "CONSTRAINT fk_result_marked_by REFERENCES user_account (id)",
    ),
    ("lesson_event", "certainty", "VARCHAR(12)", "VARCHAR(12)", f"CONSTRAINT ck_lesson_event_certainty {CERTAINTY}"),
)
APPEND_ONLY = ("lease", "allowance", "hand_mark", "key_change", "outage", "scenario_step")


def json() -> sa.types.TypeEngine:
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table, column, sqlite, other, rest in COLUMNS:
        kind = sqlite if dialect == "sqlite" else other
        op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {rest}".strip()))
    op.execute(sa.text("CREATE INDEX ix_result_waiting ON result (attempt_id) WHERE waiting > 0"))
    op.create_table(
        "lease",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_lease_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "epoch", name=op.f("pk_lease")),
    )
    op.create_table(
        "allowance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assessment", sa.String(length=60), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_allowance_assignment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_allowance_user_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["user_account.id"], name=op.f("fk_allowance_granted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
    )
    op.create_index(op.f("ix_allowance_assignment_id_user_id"), "allowance", ["assignment_id", "user_id"])
    op.create_table(
        "hand_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(60), nullable=False),
        sa.Column("ideas", json(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_hand_mark_attempt_id")),
        sa.ForeignKeyConstraint(["marked_by"], ["user_account.id"], name=op.f("fk_hand_mark_marked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_mark")),
    )
    op.create_index(op.f("ix_hand_mark_attempt_id"), "hand_mark", ["attempt_id"])
    op.create_table(
        "key_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_version_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("change", json(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_version_id"], ["module_version.id"], name=op.f("fk_key_change_module_version_id")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_key_change_cohort_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["user_account.id"], name=op.f("fk_key_change_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_change")),
    )
    op.create_index(op.f("ix_key_change_module_version_id_item_id"), "key_change", ["module_version_id", "item_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_notice_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_user_id"), "notice", ["user_id"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_table(
        "scenario_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("module_version_id", sa.Uuid(), nullable=False),
        sa.Column("scenario", sa.String(length=60), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_scenario_step_user_id")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_scenario_step_assignment_id")),
        sa.ForeignKeyConstraint(
            ["module_version_id"], ["module_version.id"], name=op.f("fk_scenario_step_module_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_step")),
        sa.UniqueConstraint("run", "number", name=op.f("uq_scenario_step_run_number")),
    )
    op.create_index(op.f("ix_scenario_step_user_id_assignment_id"), "scenario_step", ["user_id", "assignment_id"])
    op.create_index(op.f("ix_scenario_step_assignment_id"), "scenario_step", ["assignment_id"])
    for table in APPEND_ONLY:
        for statement in append_only(table, dialect):
            op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    for table in (
        "scenario_step",
        "outage",
        "heartbeat",
        "notice",
        "key_change",
        "hand_mark",
        "allowance",
        "lease",
    ):
        op.drop_table(table)
    op.execute(sa.text("DROP INDEX ix_result_waiting"))
    for table, column, *_type in reversed(COLUMNS):
        op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
