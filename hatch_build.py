"""What hatchling calls when it builds: a wheel or source archive without the studio is not worth having."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StudioHook(BuildHookInterface[Any]):
    """Refuses to build without the built studio. An editable install needs none: the Makefile builds it when asked."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's own signature
        """Look for the studio's page."""
        page = Path(self.root, "src", "gesso", "server", "web", "index.html")
        if version != "editable" and not page.is_file():
            raise RuntimeError(
                f"{page} is missing: the studio is not built. `make build` builds it, and then the wheel."
            )
