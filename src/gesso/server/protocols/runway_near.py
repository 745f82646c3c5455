"""Who may use what Runway's app gave to programs on the same computer without asking: those, and nobody else."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request

from gesso.errors import AccessError
from gesso.server.owner import OwnerKey
from gesso.server.protocols.runway_errors import RunwayRoute
from gesso.server.visitors import is_loopback

_HINT = "Runway's plug-ins send no key. Use a Gesso that listens on this computer alone and asks for none."


def check_near(connection: HTTPConnection, key: OwnerKey | None) -> None:
    """Raise `AccessError` unless a program of this computer asks, and no key is wanted of it."""
    is_near = connection.client is not None and is_loopback(connection.client.host)
    if key is not None or not is_near or connection.scope.get("gesso.guest") is not None:
        raise AccessError("This is for programs on this computer alone.", hint=_HINT, is_unknown=True)


class NearRoute(RunwayRoute):
    """A route that is for programs on this computer alone. Whoever else asks is refused before anything is read."""

    async def admit(self, request: Request) -> None:
        """Refuse whoever is not near."""
        check_near(request, request.app.state.rooms.key)
