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

DEPLOYMENTS = sa.Table(
    "deployments",
    METADATA,
    sa.Column("name", sa.String(63), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
"""A model that is hosted: its versions, which of them answers, and what holds for it, as JSON in `document`."""

DEPLOYMENT_BLOBS = sa.Table(
    "deployment_blobs",
    METADATA,
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Index("deployment_blobs_by_digest", "digest"),
)
"""The files of a deployment: each version's model as it was when it was deployed."""

DEPLOYMENT_TOKENS = sa.Table(
    "deployment_tokens",
    METADATA,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("compute_ms", sa.BigInteger, nullable=False),
    sa.Column("used_ms", sa.BigInteger),
    sa.Index("deployment_tokens_by_deployment", "deployment", "id"),
)
"""A token: the SHA-256 of it, never itself; what it has been used for, and when last (milliseconds since 1970)."""

DEPLOYMENT_MINUTES = sa.Table(
    "deployment_minutes",
    METADATA,
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("minute", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("errors", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
    sa.Column("compute_ms", sa.BigInteger, nullable=False),
    sa.Column("latencies", sa.Text, nullable=False),
)
"""What was asked of a deployment in one minute since 1970. `latencies` counts them by how long they took, as JSON."""

DEPLOYMENT_LOG = sa.Table(
    "deployment_log",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("deployment_log_by_deployment", "deployment", "id"),
)
"""What has happened to a deployment, the newest last, each as JSON; the oldest are let go."""

PREDICTIONS = sa.Table(
    "predictions",
    METADATA,
    sa.Column("id", sa.String(26), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
    sa.Column("token_id", sa.String(26)),
    sa.Column("name", sa.String(255)),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("predictions_by_token", "token_id", "id"),
    sa.Index("predictions_by_name", "deployment", "name"),
    sa.Index("predictions_open", "is_open", "id"),
)
"""A job that a guest of a deployment has asked for: with which token, what they call it, and the rest as JSON.

`is_open`: it is not settled yet, or somebody is still to be told of its end.
"""

GUEST_FILES = sa.Table(
    "guest_files",
    METADATA,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("deployment", sa.String(63), sa.ForeignKey("deployments.name", ondelete="CASCADE"), nullable=False),
    sa.Column("token_id", sa.String(26)),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("guest_files_by_token", "token_id", "id"),
    sa.Index("guest_files_by_digest", "digest"),
)
"""A file that a guest has sent for predictions to come."""

DATASETS = sa.Table(
    "datasets",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("document", sa.Text, nullable=False),
)
"""A dataset by the SHA-256 of its file, which is kept as long as it stands here; all there is to say of it as JSON."""
