"""what is handled first, and who wants a setting to end"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("inbox_update", schema=None) as batch_op:
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_index(
            "ix_inbox_update_next", ["state", "priority", "received_at", "update_id"], unique=False
        )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_state_expires", ["state", "expires_at"], unique=False
        )
    with op.batch_alter_table("rule_setting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("end_asked_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_rule_setting_end_asked_by_clinician"),
            "clinician",
            ["end_asked_by"],
            ["id"],
        )


def downgrade():
    with op.batch_alter_table("rule_setting", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_rule_setting_end_asked_by_clinician"), type_="foreignkey"
        )
        batch_op.drop_column("end_asked_by")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_state_expires")
    with op.batch_alter_table("inbox_update", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_update_next")
        batch_op.drop_column("priority")
