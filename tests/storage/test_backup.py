from __future__ import annotations

import itertools
import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gesso.errors import (
    DamagedError,
    DiskFullError,
    GessoError,
    HomeInUseError,
    InputError,
    NewerHomeError,
    StorageError,
)
from gesso.storage.backup import backup, restore
from gesso.storage.home import Home
from gesso.storage.job_rows import find, insert
from tests.storage.test_database import row

FOX = b"A fox in the snow.\n" * 1000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a job, a file, settings, an added model, and what is not backed up."""
    path = tmp_path / "home"
    with Home(path) as home:
        blob = home.blobs.put(FOX, "fox.txt").blob
        home.database.call(lambda connection: insert(connection, row(1), digests=(blob,)))
    for name in ("settings.toml", "models/mine.json", "models/git/x/y.json", "environments/big.bin", "trust.json"):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(name, encoding="utf-8")
    return path


def files(folder: Path) -> list[str]:
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [name for name in found if not name.endswith((".lock", "-wal", "-shm"))]


def add_row(home: Home, number: int) -> None:
    home.database.call(lambda connection: insert(connection, row(number), digests=()))


def job_of(path: Path) -> str | None:
    with Home(path) as home:
        return home.database.call(lambda connection: find(connection, row(1).id))


def test_what_is_a_persons_own_comes_back_into_an_empty_home(home: Path, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "all.zip")
    assert (made.files, made.damaged) == (1, ())
    assert made.size_bytes == (tmp_path / "all.zip").stat().st_size
    restored = restore(tmp_path / "all.zip", tmp_path / "new")
    assert (restored.files, restored.aside) == (1, None)
    assert files(tmp_path / "new") == [name for name in files(home) if name.startswith(("blobs", "gesso", "mod", "set"))
                                       and "git" not in name]  # fmt: skip
    assert job_of(tmp_path / "new") == row(1).document
    with Home(tmp_path / "new") as new:
        assert [new.blobs.read(digest) for digest in new.blobs.digests()] == [FOX]


def test_what_was_there_is_moved_aside_and_never_lost(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "all.zip")
    with Home(home) as opened:
        opened.database.call(lambda connection: insert(connection, row(2), digests=()))
        opened.blobs.put(b"later", "later.txt")
    restored = restore(tmp_path / "all.zip", home)
    assert restored.aside is not None
    assert (home / "environments" / "big.bin").exists()
    assert (home / "models" / "git" / "x" / "y.json").exists()
    assert len(list((home / "blobs").rglob("*/*"))) == 1
    assert len(list((restored.aside / "blobs").rglob("*/*"))) == 2
    with Home(restored.aside) as aside:
        assert aside.database.call(lambda connection: find(connection, row(2).id)) is not None
    with Home(home) as opened:
        assert opened.database.call(lambda connection: find(connection, row(2).id)) is None


def test_a_backup_is_made_while_a_gesso_works(home: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with Home(home) as opened:

        def works() -> None:
            for number in itertools.takewhile(lambda _: not stop.is_set(), itertools.count(10)):
                opened.blobs.put(str(number).encode(), "x")
                add_row(opened, number)

        working = threading.Thread(target=works)
        working.start()
        try:
            backup(home, tmp_path / "all.zip")
        finally:
            stop.set()
            working.join()
        with pytest.raises(HomeInUseError):
            restore(tmp_path / "all.zip", home)
    restore(tmp_path / "all.zip", tmp_path / "new")
    assert job_of(tmp_path / "new") == row(1).document


def test_a_damaged_file_is_left_out_and_named(home: Path, tmp_path: Path) -> None:
    (path,) = (home / "blobs").glob("??/*")
    path.chmod(0o600)
    path.write_bytes(b"other")
    made = backup(home, tmp_path / "all.zip")
    assert (made.files, made.damaged) == (0, (path.parent.name + path.name,))
    assert restore(tmp_path / "all.zip", tmp_path / "new").files == 0


def test_nothing_is_overwritten_by_a_backup(home: Path, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"precious")
    with pytest.raises(InputError):
        backup(home, tmp_path / "all.zip")
    with pytest.raises(InputError):
        backup(tmp_path / "nowhere", tmp_path / "none.zip")
    assert (tmp_path / "all.zip").read_bytes() == b"precious"
    assert not (tmp_path / "none.zip").exists()


def test_a_full_disk_leaves_no_half_a_backup(home: Path, small_disk: Path) -> None:
    with Home(home) as opened:
        for number in range(5):
            opened.blobs.put(bytes([number]) * 1_000_000, "x")
    with pytest.raises(DiskFullError):
        backup(home, small_disk / "all.zip")
    assert list(small_disk.iterdir()) == []


# -- archives of strangers --------------------------------------------------------------------------------------------


def forged(archive: Path, target: Path, *, manifest: dict[str, Any] | None = None, **members: bytes) -> Path:
    """Copy a backup with other members and another manifest."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        kept = json.loads(old.read("manifest.json"))
        for info in old.infolist():
            if info.filename not in {"manifest.json", *members}:
                new.writestr(info.filename, old.read(info.filename))
        for name, data in members.items():
            new.writestr(name, data)
        new.writestr("manifest.json", json.dumps(kept if manifest is None else {**kept, **manifest}))
    return target


def entry(name: str, size_bytes: int = 3) -> dict[str, Any]:
    return {name: {"sha256": "0" * 64, "size_bytes": size_bytes}}


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "C:\\evil", "blobs/../../evil", "trust.json", "environments/x", "blobs/00/short",
     "models/../x.json", "models/a/b.json", "gesso.db\n", "models/x.json\0",
     "models/trained/x", "models/trained/../x/y", "models/trained/x/../y", "models/trained/x/.y"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name: str, home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        members = json.loads(archive.read("manifest.json"))["members"]
    bad = forged(tmp_path / "all.zip", tmp_path / "bad.zip", manifest={"members": members | entry(name)})
    with pytest.raises(InputError):
        restore(bad, tmp_path / "new")
    assert files(tmp_path / "new") == []
    assert not (tmp_path / "evil").exists()


def test_archives_that_lie_are_refused_and_change_nothing(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        members = json.loads(archive.read("manifest.json"))["members"]
    huge = members | {"settings.toml": {"sha256": "0" * 64, "size_bytes": 10**15}}
    cases: list[tuple[type[GessoError], dict[str, Any]]] = [
        (DamagedError, {"settings.toml": b"something else"}),
        (DamagedError, {"settings.toml": bytes(50_000_000)}),  # a bomb: 50 MB where 13 bytes were said
        (DamagedError, {"gesso.db": b"no database"}),
        (StorageError, {"manifest": {"members": huge}}),
        (NewerHomeError, {"manifest": {"format": 99}}),
        (InputError, {"manifest": {"members": {}}}),
        (InputError, {"manifest": {"members": []}}),
        (InputError, {"manifest": {"members": {"gesso.db": {}}}}),
        (DamagedError, {"manifest": {"members": members | entry("models/missing.json")}}),
    ]
    before = files(home)
    for number, (expected, changes) in enumerate(cases):
        bad = forged(tmp_path / "all.zip", tmp_path / f"{number}.zip", **changes)
        with pytest.raises(expected):
            restore(bad, home)
    (tmp_path / "text.zip").write_bytes(b"no archive")
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "all.zip").read_bytes()[:-100])
    for path in (tmp_path / "text.zip", cut):
        with pytest.raises(DamagedError):
            restore(path, home)
    with pytest.raises(StorageError):
        restore(tmp_path / "nowhere.zip", home)
    assert files(home) == before
