"""What a handler gets from the house: the `App` behind the server, and what the server itself keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from gesso.app import App
from gesso.hosting.hosting import Hosting
from gesso.server.direct.room import Direct
from gesso.server.owner import OwnerKey
from gesso.server.thumbnails import Thumbnails
from gesso.server.uploads import Uploads


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The house as handlers see it. `key` is there if the server asks who somebody is."""

    app: App
    key: OwnerKey | None
    uploads: Uploads
    thumbnails: Thumbnails
    direct: Direct

    @property
    def hosting(self) -> Hosting:
        """The deployments."""
        return self.app.hosting


async def _rooms(connection: HTTPConnection) -> Rooms:
    rooms = connection.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


House: TypeAlias = Annotated[Rooms, Depends(_rooms)]
"""What a handler writes to get the house."""
