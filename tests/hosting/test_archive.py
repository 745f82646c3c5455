from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gesso.errors import ConflictError, DamagedError, StorageError
from gesso.hosting.archive import keep_archive, unpack
from gesso.registry.digest import folder_digest
from gesso.storage.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def make_model(folder: Path) -> Path:
    (folder / "parts").mkdir(parents=True)
    (folder / "model.py").write_text("print('hello')")
    (folder / "parts" / "a.bin").write_bytes(bytes(range(256)))
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link.py").symlink_to("model.py")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    (folder / ".git").mkdir()
    return folder


def test_a_folder_comes_back_as_it_was(tmp_path: Path, blobs: Blobs) -> None:
    model = make_model(tmp_path / "poet")
    digest = folder_digest(model)
    kept = keep_archive(model, digest=digest, blobs=blobs)
    assert kept.blob == keep_archive(model, digest=digest, blobs=blobs).blob
    found = unpack(blobs.path(kept.blob), tmp_path / "out", digest=digest)
    assert found.name == "poet"
    assert folder_digest(found) == digest
    assert (found / "link.py").is_symlink()
    assert (found / "run.sh").stat().st_mode & 0o100
    assert not (found / "__pycache__").exists()
    assert unpack(blobs.path(kept.blob), tmp_path / "out", digest=digest) == found


def test_a_single_file_comes_back(tmp_path: Path, blobs: Blobs) -> None:
    model = tmp_path / "poet.py"
    model.write_text("x = 1")
    kept = keep_archive(model, digest=folder_digest(model), blobs=blobs)
    found = unpack(blobs.path(kept.blob), tmp_path / "out", digest=folder_digest(model))
    assert (found.name, found.read_text()) == ("poet.py", "x = 1")


def test_what_was_changed_where_it_was_unpacked_is_unpacked_again(tmp_path: Path, blobs: Blobs) -> None:
    model = make_model(tmp_path / "poet")
    digest = folder_digest(model)
    kept = keep_archive(model, digest=digest, blobs=blobs)
    found = unpack(blobs.path(kept.blob), tmp_path / "out", digest=digest)
    (found / "model.py").write_text("evil")
    found = unpack(blobs.path(kept.blob), tmp_path / "out", digest=digest)
    assert (found / "model.py").read_text() == "print('hello')"


def test_a_model_that_changes_meanwhile_is_not_kept(tmp_path: Path, blobs: Blobs) -> None:
    model = make_model(tmp_path / "poet")
    with pytest.raises(ConflictError, match="was changed"):
        keep_archive(model, digest="0" * 64, blobs=blobs)


@pytest.mark.parametrize("name", ["../evil.py", "poet/../../evil.py", "/tmp/evil.py"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(name, "evil")
    with pytest.raises(DamagedError):
        unpack(archive, tmp_path / "out" / "deep", digest="0" * 64)
    assert not list(tmp_path.rglob("evil.py"))


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    archive, aside = tmp_path / "evil.zip", tmp_path / "aside"
    aside.mkdir()
    with zipfile.ZipFile(archive, "w") as made:
        link = zipfile.ZipInfo("poet/there")
        link.external_attr = 0o120777 << 16
        made.writestr(link, str(aside))
        made.writestr("poet/there/evil.py", "evil")
    with pytest.raises(StorageError):
        unpack(archive, tmp_path / "out", digest="0" * 64)
    assert not list(aside.iterdir())


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK nothing")
    with pytest.raises(DamagedError, match="cannot be unpacked"):
        unpack(tmp_path / "broken.zip", tmp_path / "out", digest="0" * 64)
