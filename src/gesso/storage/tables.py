"""The tables of the newest version. `migrations.py` makes them; what is added here is added there as a new step."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
"""All tables together."""

VERSIONS = sa.Table("gesso_version", METADATA, sa.Column("version", sa.Integer, primary_key=True))
"""One row: the number of migrations that the database has behind it."""

JOBS = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("lane", sa.String(64), nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("parent_id", sa.String(26)),
    sa.Column("idempotency_key", sa.String(255), unique=True),
    sa.Column("deadline_ms", sa.BigInteger),
    sa.Column("search_text", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("jobs_by_status", "status", "rank", "id"),
    sa.Index("jobs_by_model", "model", "id"),
    sa.Index("jobs_by_parent", "parent_id", "id"),
)
"""A job: what it is found by, and all of it as JSON in `document`.

`rank` is the order in the queue (smaller first, then by id), `lane` what may run only one at a time.
"""

JOB_LOGS = sa.Table(
    "job_logs",
    METADATA,
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
"""The last lines of a job's log as JSON, apart from the job because lists do not show them."""

JOB_BLOBS = sa.Table(
    "job_blobs",
    METADATA,
    sa.Column("job_id", sa.String(26), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Index("job_blobs_by_digest", "digest"),
)
"""Which files a job refers to: what is not in here nor just uploaded may be removed."""
