"""All that is a person's own, as one file, and back again.

The file is a ZIP with the database, the files of jobs, the settings, the list of added models and the models that were
trained here, and last `manifest.json`, which has the size and the SHA-256 of each. Environments and caches are left out
because they can be made again, and so is whom a person trusts: trust is given, not copied. Where trained models come
back, what was trusted is asked again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from gesso.errors import DamagedError, InputError, NewerHomeError, StorageError
from gesso.storage import sqlite
from gesso.storage.database import read_version
from gesso.storage.durable import explained, move, new_file, sync_file, sync_folder
from gesso.storage.home import BLOBS, DATABASE, Home
from gesso.storage.migrations import refuse_newer
from gesso.version import VERSION

FORMAT_VERSION: Final = 1
"""The version of the archive's shape. A reader refuses a larger one."""

_MANIFEST: Final = "manifest.json"
_LONGEST_MANIFEST_BYTES: Final = 256 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
# All that may be in an archive: nothing here can lead out of a home.
_MEMBER: Final = re.compile(
    r"gesso\.db|settings\.toml|blobs/[0-9a-f]{2}/[0-9a-f]{62}|models/[a-z0-9][a-z0-9-]{0,99}\.json"
    r"|models/trained/[a-z0-9][a-z0-9-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}){1,4}"
)
_TRAINED: Final = "models/trained"
_REPLACED: Final = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", BLOBS, "settings.toml", "models/*.json", _TRAINED)
_TRUST: Final = "trust.json"  # by place: what comes into such a place was not meant


@dataclass(frozen=True)
class Backup:
    """What a backup holds: how many files of jobs, its size, and the digests of files left out as damaged."""

    files: int
    size_bytes: int
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Restored:
    """What was brought back: how many files of jobs, and where lies what was there before (None: nothing was)."""

    files: int
    aside: Path | None = None


# -- there ------------------------------------------------------------------------------------------------------------


def backup(home: Path, file: Path) -> Backup:
    """Write a home into one file, also while a Gesso works in it. Reads and writes all of it: call it in a thread.

    Raises `InputError` if the file is there already or the home is not, and `StorageError`.
    """
    if file.exists():
        raise InputError("the name of a new file", f"one that is there ({file})", hint="Choose another name.")
    if not (home / DATABASE).exists():
        raise InputError("a home of Gesso with something in it", str(home))
    with new_file(file.absolute().parent) as (raw, unfinished), explained(file):
        with zipfile.ZipFile(raw, "w", allowZip64=True) as archive:
            made = _fill(archive, home)
        sync_file(raw)
        raw.close()
        size_bytes = unfinished.stat().st_size
        move(unfinished, file)
    return Backup(made.files, size_bytes, made.damaged)


def _fill(archive: zipfile.ZipFile, home: Path) -> Backup:
    members: dict[str, dict[str, Any]] = {}
    damaged = []
    with tempfile.TemporaryDirectory(prefix="gesso-backup-") as folder:
        snapshot = Path(folder) / DATABASE
        sqlite.copy(home / DATABASE, snapshot)  # first: whatever it refers to was there before
        members[DATABASE] = _add(archive, snapshot, name=DATABASE)
    for name, path in _members(home):
        try:
            members[name] = _add(archive, path, name=name)
        except FileNotFoundError:  # deleted meanwhile, with its job
            continue
        if name.startswith(BLOBS) and members[name]["sha256"] != name.removeprefix(f"{BLOBS}/").replace("/", ""):
            del members[name]
            damaged.append(path.parent.name + path.name)
    manifest = {
        "format": FORMAT_VERSION,
        "gesso": VERSION,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "members": members,
    }
    archive.writestr(_MANIFEST, json.dumps(manifest, indent=1), zipfile.ZIP_DEFLATED)
    return Backup(sum(name.startswith(BLOBS) for name in members), 0, tuple(damaged))


def _members(home: Path) -> Iterator[tuple[str, Path]]:
    for pattern in ("settings.toml", "models/*.json", f"{_TRAINED}/**/*", f"{BLOBS}/??/*"):
        for path in sorted(home.glob(pattern)):
            name = path.relative_to(home).as_posix()
            if _MEMBER.fullmatch(name) and path.is_file() and not path.is_symlink():
                yield name, path


def _add(archive: zipfile.ZipFile, path: Path, *, name: str) -> dict[str, Any]:
    """Copy a file into the archive. Pictures, films and weights are packed already, so only the rest is."""
    info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    is_packed = name.startswith((BLOBS, _TRAINED))
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    whole, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK_BYTES):
            whole.update(chunk)
            size_bytes += len(chunk)
            target.write(chunk)
    return {"sha256": whole.hexdigest(), "size_bytes": size_bytes}


# -- and back ---------------------------------------------------------------------------------------------------------


def restore(file: Path, home: Path) -> Restored:
    """Bring a backup back into a home, new or used. Reads and writes all of it: call it in a thread.

    All of it is checked before anything is changed. What was there is moved aside into a folder of the home, never
    deleted. Raises `InputError` for a file that is no backup, `DamagedError` for one that is broken, `NewerHomeError`
    for one of a newer Gesso, `HomeInUseError` while a Gesso works in the home, and `StorageError`.
    """
    with Home(home), _opened(file) as archive:
        members = _read_manifest(archive, file)
        with explained(home):
            staging = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home))
        try:
            _check_room(members, staging)
            for name, expected in members.items():
                _extract(archive, staging / name, name=name, expected=expected)
            refuse_newer(read_version(staging / DATABASE))
            sqlite.check_file(staging / DATABASE)
            aside = _swap(home, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return Restored(sum(name.startswith(BLOBS) for name in members), aside)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    with explained(file):
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
            raise DamagedError(
                f"{file.name} is broken or no backup of Gesso: {error}.", hint="Take another."
            ) from error


def _read_manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, dict[str, Any]]:
    refused = InputError("a backup of Gesso", f"something else ({file.name})")
    names = [info.filename for info in archive.infolist()]
    if _MANIFEST not in names or len(names) != len(set(names)):
        raise refused
    info = archive.getinfo(_MANIFEST)
    if info.file_size > _LONGEST_MANIFEST_BYTES:
        raise refused
    with archive.open(info) as opened:
        text = opened.read(_LONGEST_MANIFEST_BYTES)
    try:
        manifest = json.loads(text)
        members: dict[str, dict[str, Any]] = manifest["members"]
        version = int(manifest["format"])
        is_right = DATABASE in members and all(_is_right(name, one) for name, one in members.items())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused from error
    if version > FORMAT_VERSION:
        raise NewerHomeError("A newer Gesso has made this backup.", hint="Update Gesso. Nothing was changed.")
    if not is_right:
        raise refused
    return members


def _is_right(name: str, expected: dict[str, Any]) -> bool:
    digest, size_bytes = expected["sha256"], expected["size_bytes"]
    is_blob = name.startswith(f"{BLOBS}/")
    return (
        _MEMBER.fullmatch(name) is not None
        and isinstance(size_bytes, int)
        and size_bytes >= 0
        and (not is_blob or digest == name.removeprefix(f"{BLOBS}/").replace("/", ""))
    )


def _check_room(members: dict[str, dict[str, Any]], staging: Path) -> None:
    needed = sum(one["size_bytes"] for one in members.values())
    if needed > shutil.disk_usage(staging).free:
        raise StorageError(
            f"The backup needs {needed / 1e9:.3g} GB, and less is free there.", hint="Make room, and try again."
        )


def _extract(archive: zipfile.ZipFile, path: Path, *, name: str, expected: dict[str, Any]) -> None:
    """Copy one file out, never more of it than the manifest says, and check it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole, left = hashlib.sha256(), expected["size_bytes"]
    with ExitStack() as stack:
        try:
            source: IO[bytes] = stack.enter_context(archive.open(name))
        except KeyError as error:
            raise DamagedError(f"The backup lacks {name}.", hint="Take another.") from error
        target = stack.enter_context(path.open("xb"))
        while chunk := source.read(min(_CHUNK_BYTES, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            whole.update(chunk)
            target.write(chunk)
        sync_file(target)
    if left != 0 or whole.hexdigest() != expected["sha256"]:
        raise DamagedError(f"{name} in the backup is not what was written into it.", hint="Take another backup.")


def _swap(home: Path, staging: Path) -> Path | None:
    """Move what is there aside and what was restored into its place; if that fails, everything goes back."""
    aside = home / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    done: list[tuple[Path, Path]] = []
    try:
        replaced = (*_REPLACED, _TRUST) if (staging / _TRAINED).exists() else _REPLACED
        for folder, target in ((home, aside), (staging, home)):
            for old in [path for pattern in replaced for path in folder.glob(pattern)]:
                new = target / old.relative_to(folder)
                new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                old.rename(new)
                done.append((old, new))
        sync_folder(home)
    except OSError:
        for old, new in reversed(done):
            with suppress(OSError):
                new.rename(old)
        raise
    return aside if aside.exists() else None
