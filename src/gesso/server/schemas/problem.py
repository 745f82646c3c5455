"""The one shape of everything that goes wrong."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gesso.errors import GessoError


class Problem(BaseModel):
    """Why something was refused or has failed: for programs a `code`, for people what is wrong and what to do.

    `where`, `expected` and `given` are there if one input was wrong.
    """

    code: str = Field(description="For programs; it stays the same.", examples=["input"])
    message: str = Field(description="One or two plain sentences.")
    hint: str = Field(default="", description="What to do about it.")
    where: str | None = Field(default=None, description='Which input is meant: "points[2].x".')
    expected: str | None = Field(default=None, description="What was wanted.")
    given: str | None = Field(default=None, description="What came.")
    detail: str | None = Field(default=None, description="More, for those who want to know: a traceback of a model.")

    @classmethod
    def of(cls, error: GessoError) -> Problem:
        """Return an error of the tree."""
        return cls(**{name: text for name, text in error.to_data().items() if text or name == "hint"})
