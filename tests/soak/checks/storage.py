"""The home of a server that has ended: a sound database, every file that a job refers to, and no garbage."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from tests.soak.acts.hosting import HOSTED
from tests.soak.stage import Stage


def faults_of_home(home: Path, stages: Collection[Stage], *, interruptions: int) -> list[str]:
    """Look at the database and the files. A job that was interrupted may have left the files it had just made."""
    with closing(sqlite3.connect(f"{(home / 'gesso.db').as_uri()}?mode=ro", uri=True)) as connection:
        faults = [
            f"integrity_check: {line}" for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"
        ]
        faults += [f"foreign_key_check: {line}" for line in connection.execute("PRAGMA foreign_key_check")]
        referred = {digest for (digest,) in connection.execute("SELECT digest FROM job_blobs")}
        hosted = {digest for (digest,) in connection.execute("SELECT digest FROM deployment_blobs")}
        documents = [json.loads(document) for (document,) in connection.execute("SELECT document FROM jobs")]
    shown = {blob for document in documents for blob in _blobs_of(document)}
    faults += [f"a job shows {blob}, and nothing keeps it" for blob in shown - referred]
    lying = {path.parent.name + path.name: path for path in (home / "blobs").glob("[0-9a-f][0-9a-f]/*")}
    faults += [f"missing: {blob}" for blob in (referred | hosted) - set(lying)]
    faults += [f"damaged: {path}" for blob, path in lying.items() if _digest(path) != blob]
    faults += [f"set aside as damaged: {path}" for path in (home / "blobs" / "damaged").glob("*")]
    garbage = set(lying) - referred - hosted - {digest for stage in stages for digest in stage.sent}
    if len(garbage) > interruptions + len(HOSTED):  # a version that is hosted no more stays until the next sweep
        faults.append(f"{len(garbage)} files that no job refers to and nobody sent, for {interruptions} interruptions")
    uploads, orphans = len(list((home / "uploads").glob("*.part"))), sum(stage.orphans for stage in stages)
    if uploads > orphans:
        faults.append(f"{uploads} uploads lie open, {orphans} were left")
    return faults


def _blobs_of(document: object) -> set[str]:
    if isinstance(document, dict):
        own = {document["blob"]} if isinstance(document.get("blob"), str) else set()
        return own.union(*(_blobs_of(part) for part in document.values()))
    if isinstance(document, list):
        return set().union(*map(_blobs_of, document))
    return set()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
