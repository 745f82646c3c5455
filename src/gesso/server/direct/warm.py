"""Models that stay open between direct runs: whether a model is still the same is looked at now and then."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from gesso.app import App
from gesso.server.inputs import check_name
from gesso.spec.runnable import Runnable
from gesso.types.base import Json

FRESH_S: Final = 1.0
"""For so long a model is taken as it was found: its files, and that it is trusted and on the list."""
_MOST: Final = 64


class WarmModels:
    """Finds models by name, options and device. Looking for one reads all of its files; most runs spare that."""

    def __init__(self, app: App, *, fresh_s: float = FRESH_S) -> None:
        self._app = app
        self._fresh_s = fresh_s
        self._found: OrderedDict[str, tuple[Runnable, float]] = OrderedDict()

    async def get(self, name: str, *, options: Mapping[str, Json], device: str) -> Runnable:
        """Return what runs the model. Raises what `App.resolve` raises, and `NotFoundError` for what is no name."""
        key = json.dumps([check_name(name), dict(options), device], sort_keys=True)
        if key in self._found and self._found[key][1] > time.monotonic():
            return self._found[key][0]
        self._found.pop(key, None)
        resolved = await self._app.resolve(name, options=options, device=device)
        self._found[key] = (resolved.runnable, time.monotonic() + self._fresh_s)
        if len(self._found) > _MOST:
            self._found.popitem(last=False)
        return resolved.runnable
