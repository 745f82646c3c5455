"""What is sent and answered about settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from gesso.server.schemas.strict import Strict
from gesso.settings import AFTER_RESTART, Settings

Origin = Annotated[str, Field(max_length=300, pattern=r"^https?://[^*/\s@]+(:\*)?$")]
"""A page that may use the server, like "https://editor.p5js.org" or "http://localhost:*"."""


class SettingsShown(BaseModel):
    """The settings. `fixed` are those that the environment says: they cannot be changed.

    A change of one in `after_restart` takes effect when Gesso is started again, of any other at once. Those that
    `SettingsChange` does not have guard the server, and are changed in their file only.
    """

    home: str
    offline: bool
    threads: int
    cancel_grace_s: float
    idle_unload_s: float
    memory_budget_mb: int
    allowed_origins: list[str]
    allowed_hosts: list[str]
    needs_key: bool
    upload_limit_bytes: int
    fetch_limit_bytes: int
    fetch_private: bool
    private_recipes: bool
    installer: str
    fixed: list[str]
    after_restart: list[str]

    @classmethod
    def of(cls, settings: Settings, *, fixed: list[str]) -> SettingsShown:
        """Describe the settings."""
        shown = settings.model_dump(include=set(cls.model_fields), mode="json")
        return cls(**shown, fixed=fixed, after_restart=sorted(AFTER_RESTART & set(cls.model_fields)))


class SettingsChange(Strict):
    """The settings that can be changed here; what is left out stays."""

    offline: bool | None = None
    threads: int | None = Field(default=None, ge=1, le=10_000)
    cancel_grace_s: float | None = Field(default=None, ge=0, le=60)
    memory_budget_mb: int | None = Field(default=None, ge=0, le=10**9)
    idle_unload_s: float | None = Field(default=None, gt=0, le=10_000_000)
    allowed_origins: list[Origin] | None = Field(default=None, max_length=100)
    upload_limit_bytes: int | None = Field(default=None, ge=1, le=10**15)
    fetch_limit_bytes: int | None = Field(default=None, ge=1, le=10**12)
    private_recipes: bool | None = None
