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

    A change of one in `after_restart` takes effect when Gesso is started again, of any other at once.
    """

    home: str
    offline: bool
    threads: int
    idle_unload_s: float
    allowed_origins: list[str]
    upload_limit_bytes: int
    fetch_limit_bytes: int
    private_recipes: bool
    fixed: list[str]
    after_restart: list[str]

    @classmethod
    def of(cls, settings: Settings, *, fixed: list[str]) -> SettingsShown:
        """Describe the settings."""
        return cls(
            home=str(settings.home),
            offline=settings.offline,
            threads=settings.threads,
            idle_unload_s=settings.idle_unload_s,
            allowed_origins=list(settings.allowed_origins),
            upload_limit_bytes=settings.upload_limit_bytes,
            fetch_limit_bytes=settings.fetch_limit_bytes,
            private_recipes=settings.private_recipes,
            fixed=fixed,
            after_restart=sorted(AFTER_RESTART & set(cls.model_fields)),
        )


class SettingsChange(Strict):
    """The settings that can be changed here; what is left out stays."""

    offline: bool | None = None
    threads: int | None = Field(default=None, ge=1, le=10_000)
    idle_unload_s: float | None = Field(default=None, gt=0, le=10_000_000)
    allowed_origins: list[Origin] | None = Field(default=None, max_length=100)
    upload_limit_bytes: int | None = Field(default=None, ge=1, le=10**15)
    fetch_limit_bytes: int | None = Field(default=None, ge=1, le=10**12)
    private_recipes: bool | None = None
