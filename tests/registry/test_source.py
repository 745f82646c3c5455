from __future__ import annotations

from pathlib import Path

from gesso.registry.digest import folder_digest
from gesso.registry.manifest import read_manifest
from gesso.registry.source import ModelSource
from tests.registry.models import make_folder


def test_a_source_knows_its_model_and_where_it_comes_from(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose")
    source = ModelSource("./pose", read_manifest(folder), "folder")
    assert (source.name, source.path) == ("pose", folder)
    assert source.is_outside
    assert ModelSource("pose", source.manifest, "added").is_outside
    assert not ModelSource("pose", source.manifest, "box").is_outside


def test_its_digest_is_that_of_the_moment_when_it_was_asked_for(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose")
    source = ModelSource("./pose", read_manifest(folder), "folder")
    before = source.digest
    assert before == folder_digest(folder)
    (folder / "new.py").touch()
    assert source.digest == before
    assert ModelSource("./pose", source.manifest, "folder").digest != before
