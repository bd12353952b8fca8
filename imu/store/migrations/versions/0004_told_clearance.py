"""A clinician without an account, whose word was told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("cleared_by", sa.String(length=80), nullable=True))
