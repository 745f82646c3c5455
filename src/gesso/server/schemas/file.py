"""What is sent about files."""

from __future__ import annotations

from pydantic import Field

from gesso.server.schemas.strict import Strict


class FetchRequest(Strict):
    """A file that Gesso is to fetch from somewhere else."""

    url: str = Field(max_length=8000, description="http:// or https://, of the file itself and not of a page with it.")
