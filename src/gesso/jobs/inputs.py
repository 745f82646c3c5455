"""The inputs of a job: checked and kept when it is accepted, opened again when it runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.errors import InputError
from gesso.jobs.forms import as_inline, is_media, is_media_list, keep_folder, keep_given, keep_whole
from gesso.spec.model import Port, coerce_ports
from gesso.storage.blobs import BlobReference, Blobs, is_reference
from gesso.types.base import DataType, Json
from gesso.types.directory import Directory
from gesso.types.file_names import check_relative_name, plain_name
from gesso.types.list import ListType
from gesso.types.stored import StoredType


@dataclass(frozen=True)
class Inputs:
    """Takes inputs into the blobs, and out again. `folder` is where files get their names back for one run.

    Everything here reads and writes files: call it in a thread.
    """

    blobs: Blobs
    folder: Path

    def keep(self, ports: Iterable[Port], given: Mapping[str, object]) -> dict[str, Json]:
        """Check inputs against the ports, and only if all are right, keep them. Returns the form of `Job.inputs`.

        Raises `InputError`, `NotFoundError` for a file that is not kept any more, and `StorageError`.
        """
        by_name = {port.name: port for port in ports}
        given = {name: _plain(value) for name, value in given.items()}
        values = coerce_ports(by_name.values(), self._opened(by_name, given))
        return {
            name: self._keep(by_name[name].data_type, given[name], value=value, stem=name)
            for name, value in values.items()
        }

    def open(self, ports: Iterable[Port], kept: Mapping[str, Json]) -> dict[str, Any]:
        """Make the values again from the form of `Job.inputs`, checked and ready to be run.

        They may use files below `folder`: remove it when the run is over.
        """
        by_name = {port.name: port for port in ports}
        return coerce_ports(by_name.values(), self._opened(by_name, kept))

    # -- from a reference to a value ----------------------------------------------------------------------------------

    def _opened(self, ports: Mapping[str, Port], given: Mapping[str, Any]) -> dict[str, object]:
        opened = {}
        for name, value in given.items():
            try:
                opened[name] = self._open(ports[name].data_type, value, place=name) if name in ports else value
            except InputError as error:
                raise error.at(name) from error.__cause__
        return opened

    def _open(self, data_type: DataType[Any], value: Any, *, place: str) -> Any:
        """Return what `coerce` takes: whatever stands for a file becomes that file; all else stays."""
        if is_reference(value):
            return self._open_file(data_type, value, place=place)
        if isinstance(value, Path):
            return data_type.read(value)
        if isinstance(data_type, ListType) and isinstance(value, list | tuple):
            return [self._open(data_type.item, item, place=f"{place}/{number}") for number, item in enumerate(value)]
        if data_type.name == "directory" and _is_kept_folder(value):
            return self._open_folder(data_type, value["files"], place=place)
        return value

    def _open_file(self, data_type: DataType[Any], reference: Mapping[str, Json], *, place: str) -> Any:
        path = self.blobs.path(reference["blob"])
        if not isinstance(data_type, StoredType):
            return data_type.read(path)
        name = plain_name(str(reference.get("name") or "file"))
        return data_type.value_class(self._link(path, f"{place}/{name}"), name=name)

    def _open_folder(self, data_type: DataType[Any], files: Mapping[str, Any], *, place: str) -> Directory:
        for name, reference in files.items():
            check_relative_name(name, data_type.refuse)
            self._link(self.blobs.path(reference["blob"]), f"{place}/{name}")
        return Directory(self.folder / place)

    def _link(self, path: Path, name: str) -> Path:
        """Give a kept file its own name for a run: many libraries go by the ending."""
        link = self.folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        try:
            os.link(path, link)
        except OSError:  # a file system without links
            shutil.copyfile(path, link)
        return link

    # -- from a value to a reference ----------------------------------------------------------------------------------

    def _keep(self, data_type: DataType[Any], given: Any, *, value: Any, stem: str) -> Json:
        if is_reference(given):
            return self._refer(given, stem).to_json()
        if is_media_list(data_type) and isinstance(data_type, ListType) and not isinstance(given, Path):
            return [
                self._keep(data_type.item, one, value=item, stem=f"{stem}-{number}")
                for number, (one, item) in enumerate(zip(given, value, strict=True), start=1)
            ]
        if isinstance(value, Directory):
            files = self._keep_folder(given, value)
            return {"files": {name: file.to_json() for name, file in files.items()}}
        if is_media(data_type):
            return keep_given(data_type, given, value=value, stem=stem, blobs=self.blobs).to_json()
        wire, is_small = as_inline(data_type, value)
        return wire if is_small else keep_whole(data_type, value, stem=stem, blobs=self.blobs).to_json()

    def _keep_folder(self, given: Any, value: Directory) -> dict[str, BlobReference]:
        if not _is_kept_folder(given):
            return keep_folder(value, self.blobs)
        return {name: self._refer(one, name) for name, one in given["files"].items()}

    def _refer(self, given: Mapping[str, Json], name: str) -> BlobReference:
        self.blobs.hold(given["blob"])
        return self.blobs.refer(given["blob"], str(given.get("name") or name))


def _plain(value: Any) -> Any:
    """Return references as JSON, wherever they stand; everything else as it is."""
    if isinstance(value, BlobReference):
        return value.to_json()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _is_kept_folder(value: object) -> bool:
    if not isinstance(value, Mapping) or set(value) != {"files"}:
        return False
    files = value["files"]
    return isinstance(files, Mapping) and bool(files) and all(map(is_reference, files.values()))
