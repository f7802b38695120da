"""Erasing people: when the clock has to look, numbers that stay stopped, and how to find what is of a person.

Who had asked before was promised it, and is erased now; who works on complaints has to be taken off the roster first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stopped_numbers",
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_stopped_numbers")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("data_requested_at")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(
            "ix_people_erase",
            ["erase_at", "id"],
            unique=False,
            sqlite_where=sa.text("erase_at IS NOT NULL"),
            postgresql_where=sa.text("erase_at IS NOT NULL"),
        )
    with op.batch_alter_table("incoming_sms", schema=None) as batch_op:
        batch_op.create_index("ix_incoming_sms_phone", ["phone_hash", "received_at"], unique=False)
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_actor", ["actor_id"], unique=False)
    op.execute("UPDATE delivery_reports SET phone_hash = NULL WHERE applied_at IS NOT NULL")
    op.execute(
        "UPDATE people SET erasure_requested_at = NULL WHERE erasure_requested_at IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM roster WHERE retired_at IS NULL AND people.id IN (person_id, deputy_id))"
    )
    op.execute(
        "INSERT INTO stopped_numbers (phone_hash, stopped_at, stopped_by)"
        " SELECT phone_hash, sms_stopped_at, sms_stopped_by FROM people"
        " WHERE erasure_requested_at IS NOT NULL AND sms_stopped_at IS NOT NULL"
    )
    op.execute(
        "UPDATE people SET phone_hash = 'erased:' || id, erasure_requested_at = CURRENT_TIMESTAMP,"
        " erase_at = CURRENT_TIMESTAMP, sms_stopped_at = COALESCE(sms_stopped_at, CURRENT_TIMESTAMP)"
        " WHERE erasure_requested_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_actor")
    with op.batch_alter_table("incoming_sms", schema=None) as batch_op:
        batch_op.drop_index("ix_incoming_sms_phone")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_erase")
        batch_op.add_column(sa.Column("data_requested_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("erase_at")
    op.drop_table("stopped_numbers")
