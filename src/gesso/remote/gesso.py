"""A whole Gesso elsewhere, for its owner: every model there is a `Runnable` whose runs are jobs."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from gesso.errors import NotFoundError, from_data
from gesso.net.line import Line
from gesso.remote.connected import Connected
from gesso.remote.model import RemoteModel
from gesso.remote.patient import Patient
from gesso.remote.server import Server
from gesso.spec.model import ModelSpec
from gesso.types.base import Json


class RemoteGesso:
    """A Gesso that serves: `gesso.connect(url, key)["pose"](image=...)`."""

    def __init__(self, line: Line) -> None:
        self.server = Server(line)

    def models(self) -> list[str]:
        """Return the names of the models that it knows."""
        with Patient() as patient:
            return [model["name"] for model in patient.wait(self.server.ask("GET", "/models"))["models"]]

    def __getitem__(self, name: str) -> Connected:
        """Return a model by its name."""
        return self.model(name)

    def model(self, name: str, *, options: Mapping[str, Json] | None = None, device: str = "auto") -> Connected:
        """Return a model with options of its setup. Raises `NotFoundError`, and what keeps it from being run."""
        with Patient() as patient:
            spec = patient.wait(self._spec(name))
        return Connected(
            RemoteModel(
                server=self.server,
                reference=name,
                spec=spec,
                folder=_folder(),
                options=options or {},
                device=device,
            )
        )

    async def _spec(self, name: str) -> ModelSpec:
        found: dict[str, Any] = await self.server.ask("GET", f"/models/{quote(name, safe='')}")
        if found["spec"] is None and found["problem"]:
            raise from_data({word: text for word, text in found["problem"].items() if isinstance(text, str)})
        if found["spec"] is None:
            raise NotFoundError(f"{name} does not say what it takes.")
        return msgspec.convert(found["spec"], ModelSpec)


def _folder() -> Path:
    """Return where files of outputs lie until the program ends."""
    return Path(_kept_folder().name)


@cache
def _kept_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gesso-remote-", ignore_cleanup_errors=True)
