"""What a server needs: sign-ins, devices, uploads, jobs, and details beside a standing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.String(34).with_variant(sa.String(34, collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("totp_secret", sa.String(), nullable=True))
        account.add_column(sa.Column("outside_id", sa.String(length=255), nullable=True))
        account.add_column(sa.Column("settings", JSON, nullable=True))
        account.create_unique_constraint(op.f("uq_account_outside_id"), ["outside_id"])
    with op.batch_alter_table("standing") as standing:
        standing.add_column(sa.Column("detail", JSON, nullable=True))

    op.create_table(
        "sign_in",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=True),
        _of_account("sign_in"),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"], unique=False)

    op.create_table(
        "failed_sign_in",
        sa.Column("failure_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(op.f("ix_failed_sign_in_name_hash"), "failed_sign_in", ["name_hash"], unique=False)

    op.create_table(
        "device_token",
        sa.Column("token_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _of_account("device_token"),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_device_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_token_hash")),
    )
    op.create_index(op.f("ix_device_token_account_id"), "device_token", ["account_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _of_athlete("upload"),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_athlete_id"), "upload", ["athlete_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("share_done", sa.Double(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _of_athlete("job"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_athlete_id"), "job", ["athlete_id"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id")
    return sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=name, ondelete="CASCADE")


def _of_athlete(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_athlete_id")
    return sa.ForeignKeyConstraint(["athlete_id"], ["athlete.athlete_id"], name=name, ondelete="CASCADE")
