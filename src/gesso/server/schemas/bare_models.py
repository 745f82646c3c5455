"""What `GET /v1/models` answers to the clients of several protocols."""

from __future__ import annotations

from pydantic import BaseModel

from gesso.server.schemas.runway import RunwayModel


class BareModels(BaseModel):
    """The keys of each protocol; those of one that has nothing for who asks are not there. `models` is Runway's."""

    models: list[RunwayModel] | None = None
