"""Which models from outside somebody trusts.

A model's code runs with the rights of the person who runs it, so a model that did not come with Gesso asks once. What
is trusted is a place, the resolved path of its folder or file, and not what lies there: whoever edits a model of their
own is not asked again after each change. It follows that

* whoever can write to a trusted folder is trusted, too: do not trust a folder where strangers can write;
* a symbolic link gives no trust away. A path is resolved once, when the model is found, and from then on only the
  result is asked about, read and run. If the link is bent to another folder later, that is another path, which asks;
* a model from a repository is trusted at one commit, because each commit has a folder of its own;
* a single file is trusted as that file, and what it imports from its own folder comes with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from gesso.errors import SettingsError, TrustError
from gesso.registry.source import ModelSource
from gesso.storage import record
from gesso.storage.durable import explained
from gesso.types.base import Json


class Trust:
    """What a person trusts, kept in `trust.json` of their home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "trust.json"

    def is_trusted(self, source: ModelSource) -> bool:
        """Say whether the model's code may run. Raises `SettingsError` if what is kept cannot be read."""
        return not source.is_outside or str(source.path) in self._read()

    def require(self, source: ModelSource) -> None:
        """Raise `TrustError` unless the model is trusted."""
        if self.is_trusted(source):
            return
        licence = source.manifest.card.licence
        stated = f"Its licence: {licence}." if licence else "No licence is stated."
        raise TrustError(
            f"{source.name} comes from outside of Gesso, from {source.place}. {stated} It runs with your rights on "
            "this computer: it could read and change your files.",
            hint="If you trust whoever wrote it, run it again with --trust.",
        )

    def trust(self, source: ModelSource) -> None:
        """Trust the model from now on."""
        self._change(str(source.path), {"name": source.name, "since": datetime.now(UTC).isoformat(timespec="seconds")})

    def revoke(self, source: ModelSource) -> None:
        """Trust the model no longer."""
        self._change(str(source.path), None)

    def _change(self, path: str, entry: Json) -> None:
        with explained(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_suffix(".lock")):
                trusted = self._read()
                trusted.pop(path, None)
                if entry is not None:
                    trusted[path] = entry
                record.write(self._path, {"trusted": trusted})

    def _read(self) -> dict[str, Json]:
        try:
            kept = record.read(self._path)
            if kept is None:
                return {}
            if isinstance(kept["trusted"], dict):
                return dict(kept["trusted"])
        except (ValueError, KeyError, TypeError, OSError):
            pass
        raise SettingsError(
            f"It cannot be read which models are trusted: {self._path} is broken.",
            hint="Remove the file; each model from outside will ask again.",
        )
