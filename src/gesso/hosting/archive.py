"""A version of a model as one file: a ZIP of the files that its digest is made of."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from gesso.errors import ConflictError, DamagedError
from gesso.registry.digest import files_of, folder_digest
from gesso.storage.blobs import BlobReference, Blobs
from gesso.storage.durable import explained

_CHUNK_BYTES: Final = 1024 * 1024
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # equal files make equal archives


def keep_archive(path: Path, *, digest: str, blobs: Blobs) -> BlobReference:
    """Keep a model's folder, or its single file. Raises `ConflictError` if it changes meanwhile. Call it in a thread.

    A symbolic link is kept as a link, as its digest has it.
    """
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            inside = f"{path.name}/" if path.is_dir() else ""
            for name, source in files_of(path):
                _add(archive, source, name=inside + name)
        file.seek(0)
        with blobs.writer() as writer:
            while chunk := file.read(_CHUNK_BYTES):
                writer.write(chunk)
            kept = writer.finish(f"{path.stem}-{digest[:12]}.zip")
    if folder_digest(path) != digest:
        raise ConflictError(f"{path.name} was changed while it was read.", hint="Try again.")
    return kept


def unpack(archive: Path, folder: Path, *, digest: str) -> Path:
    """Unpack a version, and return its folder or single file. What is there already is used if it is right.

    Raises `DamagedError` if the archive is not that version. Call it in a thread.
    """
    place = folder / digest
    if (found := _found(place, digest)) is not None:
        return found
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder))
        try:
            _extract(archive, staging)
            if place.exists():
                shutil.rmtree(place)
            staging.rename(place)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    if (found := _found(place, digest)) is None:
        raise DamagedError(f"The kept version {digest[:12]} is not what was deployed.", hint="Deploy the model again.")
    return found


def _found(place: Path, digest: str) -> Path | None:
    """Return what was unpacked at a place: the one folder or file in it, if it has the digest."""
    if not place.is_dir():
        return None
    inside = list(place.iterdir())
    return inside[0] if len(inside) == 1 and folder_digest(inside[0]) == digest else None


def _add(archive: zipfile.ZipFile, source: Path, *, name: str) -> None:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    mode = source.lstat().st_mode
    info.external_attr = mode << 16
    if stat.S_ISLNK(mode):
        archive.writestr(info, os.fsencode(source.readlink()))
        return
    with source.open("rb") as opened, archive.open(info, "w", force_zip64=True) as target:
        shutil.copyfileobj(opened, target, _CHUNK_BYTES)


def _extract(path: Path, folder: Path) -> None:
    """Extract everything below a folder, symbolic links last: nothing is ever written through one."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda info: stat.S_ISLNK(info.external_attr >> 16))
            for info in members:
                target = (folder / info.filename).resolve()
                if not target.is_relative_to(folder.resolve()) or info.is_dir():
                    raise DamagedError("The kept version has a file outside of its folder.", hint="Deploy it again.")
                target.parent.mkdir(parents=True, exist_ok=True)
                mode = info.external_attr >> 16
                if stat.S_ISLNK(mode):
                    target.symlink_to(os.fsdecode(archive.read(info)))
                    continue
                with archive.open(info) as opened, target.open("xb") as written:
                    shutil.copyfileobj(opened, written, _CHUNK_BYTES)
                target.chmod(stat.S_IMODE(mode) & 0o755 | 0o600)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise DamagedError(f"A kept version cannot be unpacked: {error}.", hint="Deploy the model again.") from error
