"""How the server is."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    """That the server answers, which Gesso it is, and whether it asks who you are."""

    status: Literal["ok"] = "ok"
    version: str
    needs_key: bool
