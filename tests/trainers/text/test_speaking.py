"""A folder of weights becomes a model that Gesso reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import InputError
from gesso.registry.manifest import read_manifest
from gesso.trainers.text import speaking
from gesso.trainers.text.speaking import Labels, make_speaker
from tests.trainers.text.tiny import write_chance

SPEAKER = Path(speaking.__file__).parent / "speaker"


def test_a_folder_of_weights_becomes_a_model(tmp_path: Path) -> None:
    write_chance(tmp_path / "weights")
    make_speaker(tmp_path, Labels(name="my-poet", title='My "poet" \\ é 🦊\x7f', licence="MIT"))
    manifest = read_manifest(tmp_path)
    assert (manifest.name, manifest.title) == ("my-poet", 'My "poet" \\ é 🦊\x7f')
    assert (manifest.card.licence, manifest.card.category) == ("MIT", "text")
    assert "goes on with a text" in manifest.description
    assert [requirement.partition(">")[0] for requirement in manifest.requirements.dependencies] == ["ctranslate2"]
    assert (tmp_path / "model.py").read_bytes() == (SPEAKER / "model.py").read_bytes()
    assert (tmp_path / "weights" / "ct2" / "model.bin").is_file()


def test_what_is_no_such_folder_makes_no_model(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    with pytest.raises(InputError):
        make_speaker(tmp_path, Labels(name="my-poet"))
    assert not (tmp_path / "gesso.toml").exists()
