"""The models that somebody added: for each a record of where it lies. The model itself stays where it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gesso.errors import DeclarationError, NotFoundError
from gesso.registry.manifest import is_name
from gesso.storage import record
from gesso.storage.durable import explained


@dataclass(frozen=True)
class Added:
    """Where a model lies, when it was added (ISO 8601) and the digest that it had then.

    `address` is where it was fetched from, with its commit; "" if the folder is a person's own.
    """

    path: str
    added_at: str
    digest: str
    address: str = ""


class AddedModels:
    """The records of added models, one file each in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return the names of the added models, in alphabetical order."""
        return sorted(path.stem for path in self._folder.glob("*.json") if is_name(path.stem))

    def get(self, name: str) -> Added:
        """Return the record of a model that was added; a broken one raises `DeclarationError`."""
        try:
            return msgspec.json.decode(self._path(name).read_bytes(), type=Added)
        except (OSError, msgspec.MsgspecError) as error:
            raise DeclarationError(
                f"It cannot be read where {name} lies: {self._path(name)} is broken.",
                hint=f"Remove it (gesso remove {name}) and add it again.",
            ) from error

    def put(self, name: str, *, path: Path, digest: str, address: str = "") -> None:
        """Record a model."""
        added = Added(str(path), datetime.now(UTC).isoformat(timespec="seconds"), digest, address)
        record.write(self._path(name), asdict(added))

    def remove(self, name: str) -> None:
        """Remove the record of a model; one that is not there raises `NotFoundError`."""
        with explained(self._path(name)):
            try:
                self._path(name).unlink()
            except FileNotFoundError:
                raise NotFoundError(f"No model {name!r} was added.") from None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
