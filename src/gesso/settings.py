"""Settings: the only reader of configuration.

Each comes from an environment variable `GESSO_<NAME>`, or from `settings.toml` in the home folder, or is its default.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from gesso.errors import ConflictError, SettingsError


def default_home() -> Path:
    """Return the folder where everything of a user lies: `GESSO_HOME`, or the system's place for a program's data."""
    return Path(os.environ.get("GESSO_HOME") or platformdirs.user_data_path("gesso", appauthor=False)).expanduser()


def variable(name: str) -> str:
    """Return what an environment variable says, "" if it says nothing: for what must stand in no file."""
    return os.environ.get(name, "")


def check_public_url(given: str) -> str:
    """Return the beginning of an address without a slash at its end, or raise `ValueError`."""
    parts = urlsplit(given.strip().rstrip("/").lower())
    is_right = (
        parts.scheme in {"http", "https"} and parts.hostname and not (parts.path or parts.query or parts.username)
    )
    if not is_right or parts.netloc != f"{parts.hostname}" + (f":{parts.port}" if parts.port else ""):
        raise ValueError("it must be like https://gesso.example.org, with nothing after the name")
    return f"{parts.scheme}://{parts.netloc}"


class PoolSize(BaseModel):
    """How many workers a model may have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: int = Field(default=0, ge=0, le=64)
    """So many are started with the server and kept ready."""
    max: int = Field(default=1, ge=1, le=64)
    """So many run side by side."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min is {self.min}, but max is only {self.max}")
        return self


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
    idle_unload_s: float = Field(default=600, gt=0)
    """How long a model that nobody uses is kept ready."""
    memory_budget_mb: int = Field(default=0, ge=0)
    """How much memory all models may take together, in megabytes of a million bytes; 0 is three quarters of it."""
    pools: dict[str, PoolSize] = Field(default_factory=dict)
    """How many workers a model may have, by its name: `[pools.pose]`, and below it `min = 1`, `max = 2`.

    `min` are kept ready, more start while runs wait, up to `max`. A model that is not named has one at most.
    """
    offline: bool = False
    """Whether Gesso must not contact any other computer."""
    needs_key: bool = False
    """Whether the server asks for the owner's key, also on this computer. On any other address it must."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which the server is reached besides this computer's own: "gesso.example.org", with a port or not."""
    allowed_origins: tuple[str, ...] = ()
    """Web pages that may use the server: "https://editor.p5js.org"; "http://localhost:*" is every port."""
    public_url: str | None = None
    """Where the web reaches the server, through a proxy or a tunnel: "https://gesso.example.org". It then has a key."""
    trusted_proxies: tuple[str, ...] = ()
    """Whose word for where a request comes from is believed: addresses, or networks ("10.0.0.0/8")."""
    fetch_private: bool = False
    """Whether addresses of this computer and its network may be fetched for inputs."""
    fetch_limit_bytes: int = Field(default=200_000_000, ge=1)
    """The largest file that is fetched from an address for an input."""
    upload_limit_bytes: int = Field(default=4_000_000_000, ge=1)
    """The largest file that the server takes."""

    private_recipes: bool = False
    """Whether the recipes inside files leave out texts that somebody wrote, and names of files."""

    @field_validator("public_url")
    @classmethod
    def _is_beginning(cls, given: str | None) -> str | None:
        return None if not given else check_public_url(given)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            ipaddress.ip_network(one, strict=False)
        return given

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


AFTER_RESTART: Final = frozenset(
    {
        "home",
        "installer",
        "constraints",
        "threads",
        "cancel_grace_s",
        "idle_unload_s",
        "memory_budget_mb",
        "pools",
        "needs_key",
        "public_url",
    }
)
"""The settings that are read when Gesso starts; a change of any other holds at once."""


def fixed() -> list[str]:
    """Return the names of the settings that an environment variable says, so that the file cannot."""
    return [name for name in Settings.model_fields if f"GESSO_{name.upper()}" in os.environ]


def change(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return the settings with some changed, and write these into `settings.toml`, whose other lines stay.

    Raises `ConflictError` for one that the environment says, `SettingsError` if a value is wrong or the file broken.
    """
    import tomlkit

    from gesso.storage.durable import write_whole

    if taken := sorted(set(changes) & set(fixed())):
        raise ConflictError(
            f"The setting {taken[0]} comes from GESSO_{taken[0].upper()}.", hint="Take that variable away first."
        )
    path = default_home() / "settings.toml"
    try:
        changed = Settings.model_validate(settings.model_dump() | dict(changes))
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        file = tomlkit.parse(text)
        file.update({name: list(value) if isinstance(value, tuple) else value for name, value in changes.items()})
        write_whole(path, tomlkit.dumps(file).encode())
    except (ValueError, OSError) as error:  # ValueError: a value that cannot be, a file that is not TOML
        raise SettingsError(f"{path} cannot be changed: {error}.") from error
    return changed


def said_otherwise(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return the settings with some that were said for this time alone. Raises `SettingsError`."""
    try:
        return Settings.model_validate(settings.model_dump() | dict(changes))
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"The setting {first['loc'][0]} cannot be {first['input']!r}: {first['msg']}.") from error


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
