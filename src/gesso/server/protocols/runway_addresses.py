"""Addresses as Runway's clients write them, read as the plain ones.

The npm package insists on an address with `.runwayml.cloud/v1` in it, and puts a slash before everything that it adds,
also where one stands already: `/m/pose.runwayml.cloud/v1//info` is `/m/pose/v1/info`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from gesso.server.layer import Call, Layer

_ADDRESS: Final = re.compile(r"/+m/+([^/]+?)(?:\.runwayml\.cloud)?/+v1((?:/.*)?)", re.DOTALL)
_SLASHES: Final = re.compile("/+")


def plain(path: str) -> str:
    """Return a path without what Runway's clients add to it; every other path as it is."""
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return path
    return f"/m/{found[1]}/v1{_SLASHES.sub('/', found[2]).rstrip('/')}"


class RunwayAddresses(Layer):
    """Hands calls on with the plain path, so that nobody inside has to know of the others."""

    async def meet(self, call: Call) -> None:
        """Hand a call on."""
        path = call.scope["path"]
        found = plain(path)
        await (call if found == path else replace(call, scope={**call.scope, "path": found})).to(self.app)
