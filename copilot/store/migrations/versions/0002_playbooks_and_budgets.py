"""Sign-in, versions of playbooks, what rules did, and a ledger that knows reversals."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # --- budgets
    _grow_the_ledger()
    # --- sign-in and versions
    op.create_table(
        "sign_in_links",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["tokens.id"]),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("ix_sign_in_links_expires_at", "sign_in_links", ["expires_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["tokens.id"]),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("ix_sessions_seen_at", "sessions", ["seen_at"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sign_in_failures_failed_at", "sign_in_failures", ["failed_at"], unique=False)
    op.create_table(
        "playbook_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("publication", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("publication"),
    )
    op.create_table(
        "playbook_drafts",
        sa.Column("author", sa.String(length=255), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("author", "file"),
    )
    # --- rules and readings
    op.create_table(
        "readings",
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("read_by", sa.String(length=64), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.Column("probability", sa.LargeBinary(), nullable=True),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", "read_by"),
    )
    op.create_table(
        "found_cases",
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("index", sa.String(length=64), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("question"),
    )


def downgrade() -> None:
    # --- rules and readings
    op.drop_table("found_cases")
    op.drop_table("readings")
    # --- sign-in and versions
    for table in ("playbook_drafts", "playbook_versions", "sign_in_failures", "sessions", "sign_in_links"):
        op.drop_table(table)
    # --- budgets
    _shrink_the_ledger()


# ---------------------------------------------------------------- the ledger of delights

LEDGER_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "booked_month": sa.String(length=7),
    "customer_id": sa.String(length=255),
    "request_id": sa.String(length=64),
    "gesture": sa.Text(),
    "booked_by": sa.String(length=255),
    "idempotency_key": sa.String(length=255),
    "digest": sa.String(length=64),
    "reverses": sa.Integer(),
    "reason": sa.Text(),
    "answer": sa.JSON(),
}
LEDGER_INDEXES = {
    "ix_spends_booked_month_agent": ["booked_month", "agent"],
    "ix_spends_customer_spent": ["customer_id", "spent_at"],
    "ix_spends_request": ["request_id", "delight_id"],
}
# An INSERT OR REPLACE would delete a row without asking the trigger on DELETE; the third one is asked first.
SQLITE_TRIGGERS = {
    "spends_no_update": "BEFORE UPDATE ON spends",
    "spends_no_delete": "BEFORE DELETE ON spends",
    "spends_no_replace": (
        "BEFORE INSERT ON spends WHEN EXISTS (SELECT 1 FROM spends WHERE id = NEW.id "
        "OR feedback_key = NEW.feedback_key OR idempotency_key = NEW.idempotency_key OR reverses = NEW.reverses)"
    ),
}
REFUSAL = "the ledger only grows: a row of spends is never changed or removed"
POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION spends_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = '{REFUSAL}'; END $$""",
    """CREATE TRIGGER spends_no_change BEFORE UPDATE OR DELETE ON spends
    FOR EACH ROW EXECUTE FUNCTION spends_only_grows()""",
    """CREATE TRIGGER spends_no_truncate BEFORE TRUNCATE ON spends
    FOR EACH STATEMENT EXECUTE FUNCTION spends_only_grows()""",
)


def _grow_the_ledger() -> None:
    with op.batch_alter_table("spends") as spends:
        for name, kind in LEDGER_COLUMNS.items():
            spends.add_column(sa.Column(name, kind, nullable=True))
        spends.alter_column("feedback_key", existing_type=sa.String(length=255), nullable=True)
    old = sa.table("spends", *(sa.column(name) for name in ("request_id", "booked_month", "spent_at", "feedback_key")))
    feedback = sa.table("feedback", sa.column("request_id"), sa.column("idempotency_key"))
    asked = sa.select(feedback.c.request_id).where(feedback.c.idempotency_key == old.c.feedback_key)
    month = sa.func.substr(sa.cast(old.c.spent_at, sa.String()), 1, 7)
    op.execute(old.update().values(request_id=asked.scalar_subquery(), booked_month=month))
    with op.batch_alter_table("spends") as spends:
        spends.alter_column("booked_month", existing_type=sa.String(length=7), nullable=False)
        spends.create_unique_constraint("uq_spends_idempotency_key", ["idempotency_key"])
        spends.create_unique_constraint("uq_spends_reverses", ["reverses"])
        spends.create_foreign_key("fk_spends_reverses", "spends", ["reverses"], ["id"])
        spends.create_check_constraint(
            "ck_spends_sign", "(reverses IS NULL AND amount > 0) OR (reverses IS NOT NULL AND amount < 0)"
        )
        spends.create_check_constraint("ck_spends_key", "feedback_key IS NOT NULL OR idempotency_key IS NOT NULL")
    for name, columns in LEDGER_INDEXES.items():
        op.create_index(name, "spends", columns, unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for name, when in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
    elif op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL_TRIGGERS:
            op.execute(statement)


def _shrink_the_ledger() -> None:
    """Back to the first form; fails where the ledger holds what that form cannot (reversals, spends of their own)."""
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    elif op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION spends_only_grows CASCADE")
    for name in LEDGER_INDEXES:
        op.drop_index(name, "spends")
    with op.batch_alter_table("spends") as spends:
        for name in ("ck_spends_sign", "ck_spends_key"):
            spends.drop_constraint(name, type_="check")
        spends.drop_constraint("fk_spends_reverses", type_="foreignkey")
        for name in ("uq_spends_reverses", "uq_spends_idempotency_key"):
            spends.drop_constraint(name, type_="unique")
        spends.alter_column("feedback_key", existing_type=sa.String(length=255), nullable=False)
        for name in LEDGER_COLUMNS:
            spends.drop_column(name)
