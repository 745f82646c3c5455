"""`Annotated[T, Opaque]`: a value that is passed on as plain JSON, whatever its type says."""

from __future__ import annotations

from typing import Final


class OpaqueMarker:
    """The class of `Opaque`."""

    def __repr__(self) -> str:
        return "cog.Opaque"


Opaque: Final = OpaqueMarker()
