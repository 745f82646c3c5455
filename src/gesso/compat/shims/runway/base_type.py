"""What all data types of Runway's SDK share."""

from __future__ import annotations

from typing import Any


class BaseType:
    """What all types share: their name in JSON, a description, and later the name of the input that they describe."""

    def __init__(self, data_type: str, description: str | None = None) -> None:
        self.type = data_type
        self.description = description
        self.name = self.type

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        """Return a model's value as JSON."""
        raise NotImplementedError

    def deserialize(self, value: Any) -> Any:
        """Return a client's JSON as a model's value."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the declaration as JSON."""
        return {"name": self.name, "type": self.type, "description": self.description}


class Plain(BaseType):
    """A type whose values are JSON themselves."""

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value

    def deserialize(self, value: Any) -> Any:
        return value
