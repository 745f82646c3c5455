from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gesso.errors import SettingsError, StorageError, TrustError
from gesso.registry.manifest import read_manifest
from gesso.registry.source import ModelSource
from gesso.registry.trust import Trust
from tests.registry.models import make_file, make_folder


def source(path: Path) -> ModelSource:
    return ModelSource(str(path), read_manifest(path), "folder" if path.is_dir() else "file")


def test_a_model_from_outside_is_trusted_once_somebody_says_so(tmp_path: Path) -> None:
    model = source(make_folder(tmp_path / "pose"))
    trust = Trust(tmp_path / "home")
    assert not trust.is_trusted(model)
    trust.trust(model)
    assert trust.is_trusted(model)
    trust.require(model)
    assert Trust(tmp_path / "home").is_trusted(model)
    make_folder(tmp_path / "pose", code="changed by its author")
    assert trust.is_trusted(source(tmp_path / "pose"))
    trust.revoke(model)
    assert not trust.is_trusted(model)
    trust.revoke(model)


def test_a_model_from_the_box_needs_no_trust(tmp_path: Path) -> None:
    manifest = read_manifest(make_folder(tmp_path / "pose"))
    Trust(tmp_path / "home").require(ModelSource("pose", manifest, "box"))


def test_the_error_says_what_it_is_where_from_and_what_it_may_do(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "home")
    folder = make_folder(tmp_path / "pose", 'licence = "MIT"')
    with pytest.raises(TrustError) as caught:
        trust.require(source(folder))
    assert caught.value.message.startswith(f"pose comes from outside of Gesso, from {folder}. Its licence: MIT.")
    assert "runs with your rights on this computer" in caught.value.message
    assert "--trust" in caught.value.hint
    with pytest.raises(TrustError, match="No licence is stated"):
        trust.require(source(make_file(tmp_path / "filter.py")))


def test_trust_of_a_folder_is_not_trust_of_its_neighbours(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "home")
    trust.trust(source(make_folder(tmp_path / "pose")))
    assert not trust.is_trusted(source(make_folder(tmp_path / "pose" / "inner")))
    assert not trust.is_trusted(source(make_folder(tmp_path / "pose2")))
    assert not trust.is_trusted(source(make_file(tmp_path / "pose" / "other.py")))


def test_a_link_that_is_bent_elsewhere_is_not_trusted(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "home")
    mine, theirs = make_folder(tmp_path / "mine"), make_folder(tmp_path / "theirs")
    link = tmp_path / "link"
    link.symlink_to(mine)
    found = source(link)
    trust.trust(found)
    assert trust.is_trusted(source(mine))

    link.unlink()
    link.symlink_to(theirs)
    assert not trust.is_trusted(source(link))
    assert found.manifest.entry == mine / "model.py", "what was found before is still what was asked about"


@pytest.mark.parametrize("broken", ["", "{", "[]", "3", '{"trusted": []}', '{"other": {}}', "\x00"])
def test_a_broken_file_is_an_error_and_no_trust(tmp_path: Path, broken: str) -> None:
    model = source(make_folder(tmp_path / "pose"))
    trust = Trust(tmp_path / "home")
    trust.trust(model)
    (tmp_path / "home" / "trust.json").write_text(broken)
    for use in (trust.is_trusted, trust.require, trust.trust, trust.revoke):
        with pytest.raises(SettingsError, match=r"trust\.json is broken"):
            use(model)
    assert (tmp_path / "home" / "trust.json").read_text() == broken


def test_two_who_trust_at_once_lose_nothing(tmp_path: Path) -> None:
    models = [source(make_folder(tmp_path / f"m{number}")) for number in range(8)]
    threads = [threading.Thread(target=Trust(tmp_path / "home").trust, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(map(Trust(tmp_path / "home").is_trusted, models))


def test_trust_that_cannot_be_written_down_says_why(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError, match="is a file, not a folder"):
        Trust(tmp_path / "home").trust(source(make_folder(tmp_path / "pose")))
