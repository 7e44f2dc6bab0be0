"""Gradings, and the events by which one becomes a student's current grading."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "gradings",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("follow_through", sa.Boolean, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("attempt", sa.Text, nullable=False),
        sa.Column("tests", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("python", sa.Text, nullable=False),
        sa.Column("numpy", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("max_score", sa.Float, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("results", sa.Text, nullable=False),
        sa.Column("checksum", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("gradings_of_a_student", "gradings", ["course", "assignment", "student"])
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("grading", sa.Integer, sa.ForeignKey("gradings.number"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_a_grading", "events", ["grading"])
