"""What every request body keeps to."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

_MOST_FIELDS: Final = 100


class Strict(BaseModel):
    """A body with the fields that are known and no others, each of its type: "7" is no number."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _has_few_fields(cls, given: Any) -> Any:
        """Refuse a body with very many fields in one go: an error for each would take seconds."""
        if isinstance(given, dict) and len(given) > _MOST_FIELDS:
            raise ValueError(f"an object with at most {_MOST_FIELDS} fields")
        return given
