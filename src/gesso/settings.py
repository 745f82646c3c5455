"""Settings: the only reader of configuration.

Each comes from an environment variable `GESSO_<NAME>`, or from `settings.toml` in the home folder, or is its default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from gesso.errors import SettingsError


def default_home() -> Path:
    """Return the folder where everything of a user lies: `GESSO_HOME`, or the system's place for a program's data."""
    return Path(os.environ.get("GESSO_HOME") or platformdirs.user_data_path("gesso", appauthor=False)).expanduser()


class Settings(BaseSettings):
    """Everything that a person can set. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="GESSO_", extra="forbid", frozen=True)

    home: Path = Field(default_factory=default_home)
    """The folder where everything of a user lies."""
    installer: Literal["pip", "uv"] = "pip"
    """What installs the environments of models."""
    constraints: Path | None = None
    """A file of version constraints for every environment, as pip reads it."""
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """How many threads one worker may compute with."""
    cancel_grace_s: float = Field(default=0.5, ge=0, le=60)
    """How long a canceled run may take to stop by itself before its process is ended."""
    offline: bool = False
    """Whether Gesso must not contact any other computer."""

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the library calls it with these five
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the file in the home folder."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=default_home() / "settings.toml")
        return init_settings, env_settings, file


def load() -> Settings:
    """Read the settings, or raise `SettingsError` that names the one that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {name!r} is wrong: {first['msg']}, but it is {first['input']!r}.",
            hint=f"Mend GESSO_{name.upper()} or {default_home() / 'settings.toml'}.",
        ) from error
    except ValueError as error:  # the file is not TOML
        raise SettingsError(f"{default_home() / 'settings.toml'} cannot be read: {error}.") from error
    return settings
