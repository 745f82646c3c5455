"""What is sent about files."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FetchRequest(BaseModel):
    """A file that Gesso is to fetch from somewhere else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(max_length=8000, description="http:// or https://, of the file itself and not of a page with it.")
