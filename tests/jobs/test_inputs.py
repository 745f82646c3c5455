from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError, NotFoundError
from gesso.jobs.inputs import Inputs
from gesso.storage.blobs import Blobs
from gesso.types.directory import Directory
from gesso.types.image import Image, ImageType
from gesso.types.source import to_data_uri
from tests.jobs.fakes import SPEC

PORTS = SPEC.commands[0].inputs
PHOTO = ImageType().sample()
JPEG = ImageType().encode(PHOTO, ".jpg")
PNG = ImageType().encode(PHOTO, ".png")
FILM = b"GIF89a" + bytes(50)


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(Blobs(tmp_path / "blobs"), tmp_path / "runs" / "x")


def back(inputs: Inputs, kept: dict[str, Any]) -> dict[str, Any]:
    """Keep what was kept once more, as a retry does, and open it."""
    again = inputs.keep(PORTS, kept)
    assert again == kept
    return inputs.open(PORTS, again)


@pytest.mark.parametrize("way", ["data URI", "base64", "bytes", "path", "reference", "named reference"])
def test_a_file_is_kept_byte_for_byte_however_it_comes(way: str, inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "fox.jpg").write_bytes(JPEG)
    reference = inputs.blobs.put(JPEG, "fox.jpg")
    given = {
        "data URI": to_data_uri(JPEG, "image/jpeg", name="fox.jpg"),
        "base64": base64.b64encode(JPEG).decode(),
        "bytes": JPEG,
        "path": tmp_path / "fox.jpg",
        "reference": reference,
        "named reference": {"blob": reference.blob, "name": "../fox.jpg"},
    }[way]
    kept = inputs.keep(PORTS, {"photo": given})
    assert kept["photo"]["blob"] == reference.blob
    assert kept["photo"]["media_type"] == "image/jpeg"
    assert kept["photo"]["name"] == ("photo.jpg" if way in {"base64", "bytes"} else "fox.jpg")
    assert back(inputs, kept)["photo"] == ImageType().decode(JPEG)


def test_pixels_are_kept_without_loss(inputs: Inputs) -> None:
    for given in (PHOTO, PHOTO.pixels, PHOTO.pil):
        kept = inputs.keep(PORTS, {"photo": given})
        assert kept["photo"]["name"] == "photo.png"
        assert back(inputs, kept)["photo"] == PHOTO


def test_lists_of_pictures_films_and_folders_come_back(inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "fox.txt").write_bytes(b"fox")
    given = {"photos": [PHOTO, PNG], "film": FILM, "folder": Directory(tmp_path / "in")}
    kept = inputs.keep(PORTS, given)
    assert [one["name"] for one in kept["photos"]] == ["photos-1.png", "photos-2.png"]
    assert list(kept["folder"]["files"]) == ["deep/fox.txt"]
    values = back(inputs, kept)
    assert values["photos"] == [PHOTO, PHOTO]
    assert (values["film"].name, values["film"].bytes()) == ("film.gif", FILM)
    assert values["film"].path.suffix == ".gif"  # many libraries go by the ending
    assert values["folder"] == Directory(tmp_path / "in")


def test_small_values_stand_in_the_job_and_large_ones_in_files(inputs: Inputs) -> None:
    kept = inputs.keep(PORTS, {"words": "a fox", "settings": {"a": [1]}})
    assert kept == {"words": "a fox", "settings": {"a": [1]}}
    large = {"words": "fox " * 5000, "settings": {"a": list(range(5000))}}
    kept = inputs.keep(PORTS, large)
    assert kept["words"]["name"] == "words.txt"
    assert kept["settings"]["media_type"] == "application/json"
    assert back(inputs, kept) == large


def test_json_that_only_looks_like_a_reference_stays_what_it_is(inputs: Inputs) -> None:
    for value in ({"blob": "x"}, {"blob": "a" * 64, "other": 1}, [{"blob": "a" * 64}], {"files": {"a": "b"}}):
        kept = inputs.keep(PORTS, {"settings": value})
        assert back(inputs, kept) == {"settings": value}


def test_a_text_never_becomes_a_path(inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "fox.png").write_bytes(PNG)
    for name in ("photo", "film"):
        with pytest.raises(InputError):
            inputs.keep(PORTS, {name: str(tmp_path / "fox.png")})


def test_nothing_is_kept_if_one_input_is_wrong(inputs: Inputs) -> None:
    for wrong, error in (
        ({"film": b"no film"}, InputError),
        ({"unknown": 1}, InputError),
        ({"words": 5}, InputError),
        ({"photos": [PNG, "x"]}, InputError),
        ({"photos": [{"blob": "0" * 64}]}, NotFoundError),
        ({"folder": {"files": {"../evil": {"blob": "0" * 64}}}}, InputError),
    ):
        with pytest.raises(error):
            inputs.keep(PORTS, {"photo": np.zeros((2, 2, 3), np.uint8), **wrong})
    assert list(inputs.blobs.digests()) == []


def test_an_input_that_is_left_out_or_none_is_not_kept(inputs: Inputs) -> None:
    assert inputs.keep(PORTS, {"words": None}) == {}


def test_a_model_that_writes_into_its_input_does_not_reach_the_kept_file(inputs: Inputs) -> None:
    kept = inputs.keep(PORTS, {"film": FILM})
    path = inputs.open(PORTS, kept)["film"].path
    assert path.stat().st_mode & 0o222 == 0


def test_a_picture_is_an_image_when_it_runs(inputs: Inputs) -> None:
    assert isinstance(inputs.open(PORTS, inputs.keep(PORTS, {"photo": PNG}))["photo"], Image)
