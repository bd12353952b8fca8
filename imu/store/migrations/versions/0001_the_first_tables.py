"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.String(34).with_variant(sa.String(34, collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "audit",
        sa.Column("entry_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_athlete_id"), "audit", ["athlete_id"], unique=False)

    op.create_table(
        "athlete",
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_athlete_account_id")),
        sa.PrimaryKeyConstraint("athlete_id", name=op.f("pk_athlete")),
        sa.UniqueConstraint("account_id", name=op.f("uq_athlete_account_id")),
    )
    op.create_table(
        "baseline",
        sa.Column("baseline_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("chart", sa.String(length=32), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("on_purpose", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.Column("analysis_version", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_baseline_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("baseline_id", name=op.f("pk_baseline")),
    )
    op.create_index(op.f("ix_baseline_athlete_id"), "baseline", ["athlete_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("check_in_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("moment", sa.String(length=80), nullable=False),
        sa.Column("pain", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("site", sa.String(length=80), nullable=True),
        sa.Column("side", sa.String(length=80), nullable=True),
        sa.Column("red_flags", JSON, nullable=False),
        sa.Column("effort_cr10", sa.Double(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_check_in_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_in_id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_athlete_id"), "check_in", ["athlete_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("decision_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_decision_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_athlete_id"), "decision", ["athlete_id"], unique=False)

    op.create_table(
        "exercise",
        sa.Column("exercise_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("exercise", sa.String(length=80), nullable=False),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("reps", sa.Integer(), nullable=True),
        sa.Column("hold_s", sa.Double(), nullable=True),
        sa.Column("side", sa.String(length=80), nullable=True),
        sa.Column("pain_during", sa.Integer(), nullable=True),
        sa.Column("counted_by_sensors", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_exercise_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exercise_id", name=op.f("pk_exercise")),
    )
    op.create_index(op.f("ix_exercise_athlete_id"), "exercise", ["athlete_id"], unique=False)

    op.create_table(
        "gate_answer",
        sa.Column("answer_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("gate", sa.String(length=80), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("clinician", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_gate_answer_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_gate_answer")),
    )
    op.create_index(op.f("ix_gate_answer_athlete_id"), "gate_answer", ["athlete_id"], unique=False)

    op.create_table(
        "grant_to",
        sa.Column("grant_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("viewer_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_grant_to_athlete_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["viewer_id"], ["account.account_id"], name=op.f("fk_grant_to_viewer_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grant_to")),
    )
    op.create_index(op.f("ix_grant_to_athlete_id"), "grant_to", ["athlete_id"], unique=False)
    op.create_index(op.f("ix_grant_to_viewer_id"), "grant_to", ["viewer_id"], unique=False)

    op.create_table(
        "injury",
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("injury_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=80), nullable=False),
        sa.Column("site", sa.String(length=80), nullable=False),
        sa.Column("onset", sa.Date(), nullable=False),
        sa.Column("profile", sa.String(length=80), nullable=False),
        sa.Column("grade", sa.String(length=80), nullable=True),
        sa.Column("intratendinous", sa.Boolean(), nullable=False),
        sa.Column("resolved", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_injury_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("athlete_id", "injury_id", name=op.f("pk_injury")),
    )

    op.create_table(
        "note",
        sa.Column("note_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_note_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_athlete_id"), "note", ["athlete_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_plan_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan")),
        sa.UniqueConstraint("athlete_id", "version", name=op.f("uq_plan_athlete_id_version")),
    )
    op.create_table(
        "run",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("end", MOMENT, nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("running_s", sa.Double(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("accelerations", sa.Integer(), nullable=True),
        sa.Column("top_speed_mps", sa.Double(), nullable=True),
        sa.Column("surface", sa.String(length=16), nullable=True),
        sa.Column("shoe", sa.String(length=80), nullable=True),
        sa.Column("trust", sa.String(length=8), nullable=False),
        sa.Column("untrusted_because", JSON, nullable=False),
        sa.Column("effort_cr10", sa.Double(), nullable=True),
        sa.Column("bouts", JSON, nullable=False),
        sa.Column("exposure", JSON, nullable=False),
        sa.Column("impact", JSON, nullable=False),
        sa.Column("headline", JSON, nullable=False),
        sa.Column("analysis_version", sa.String(length=32), nullable=False),
        sa.Column("analysed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_run_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_analysis_version"), "run", ["analysis_version"], unique=False)
    op.create_index(op.f("ix_run_athlete_id_start"), "run", ["athlete_id", "start"], unique=False)

    op.create_table(
        "sensor",
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.Column("placement", sa.String(length=16), nullable=False),
        sa.Column("last_worn_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_sensor_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("athlete_id", "serial", name=op.f("pk_sensor")),
    )
    op.create_table(
        "standing",
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("analysis_version", sa.String(length=32), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_standing_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("athlete_id", name=op.f("pk_standing")),
    )
    op.create_table(
        "warning_act",
        sa.Column("act_id", sa.String(length=32), nullable=False),
        sa.Column("athlete_id", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("warning", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["athlete_id"], ["athlete.athlete_id"], name=op.f("fk_warning_act_athlete_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_warning_act")),
    )
    op.create_index(op.f("ix_warning_act_athlete_id"), "warning_act", ["athlete_id"], unique=False)

    op.create_table(
        "recording",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("manifest", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_recording_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_recording")),
    )
    op.create_table(
        "run_segments",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_run_segments_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_segments")),
    )
    op.create_table(
        "run_summary",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_run_summary_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_summary")),
    )
