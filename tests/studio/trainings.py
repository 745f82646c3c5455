"""Texts and trainings, made by the interface where a test is about something else."""

from __future__ import annotations

from typing import Any

import httpx

from tests.server.program import Program
from tests.training.trainers import TEXT

API = "/api/v1"


def keep_text(server: Program, text: str = TEXT, *, name: str = "snow.txt") -> dict[str, Any]:
    """Make a dataset of a text, and return it."""
    kept = httpx.post(f"{server.address}{API}/files", params={"name": name}, content=text.encode()).json()
    made = httpx.post(f"{server.address}{API}/datasets", json={"files": [{"blob": kept["blob"], "name": name}]})
    found: dict[str, Any] = made.raise_for_status().json()
    return found


def begin(server: Program, name: str, **options: Any) -> str:
    """Begin a training on a text, and return its id."""
    order = {"dataset": keep_text(server)["digest"], "name": name, "trainer": "bigrams", "seed": 7, "options": options}
    begun = httpx.post(f"{server.address}{API}/trainings", json=order).raise_for_status().json()
    return str(begun["id"])


def forget_all(server: Program) -> None:
    """Delete every training and dataset. Their models stay."""
    for each in httpx.get(f"{server.address}{API}/trainings").json()["trainings"]:
        httpx.delete(f"{server.address}{API}/trainings/{each['id']}", timeout=60)
    for each in httpx.get(f"{server.address}{API}/datasets").json()["datasets"]:
        httpx.delete(f"{server.address}{API}/datasets/{each['digest']}")
