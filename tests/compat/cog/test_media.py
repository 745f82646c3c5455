"""A `Path` is a picture where its name or `accept` says so, and any file otherwise."""

from __future__ import annotations

import pytest

from gesso.compat.cog.media import media_of


@pytest.mark.parametrize(
    ("name", "description", "accept", "expected"),
    [
        ("image", "", "", "image"),
        ("input_image", "The picture", "", "image"),
        ("inputImage2", "", "", "image"),
        ("photo_1", "", "", "image"),
        ("mask", "White is painted over", "", "mask"),
        ("mask_image", "", "", "mask"),
        ("images", "", "", "image"),
        ("video", "An MP4", "", "video"),
        ("image", "A picture or a video", "", "file"),
        ("image", "Image or animated GIF", "", "file"),
        ("images", "A ZIP of images", "", "file"),
        ("image_or_video", "", "", "file"),
        ("imagination", "", "", "file"),
        ("audio", "", "", "file"),
        ("weights", "", "", "file"),
        ("source", "", "image/*", "image"),
        ("source", "", "image/png,image/jpeg", "image"),
        ("image", "", "image/*,video/*", "file"),
        ("clip", "", "video/mp4", "video"),
        ("source", "", "audio/*", "file"),
    ],
)
def test_what_it_is_known_for(name: str, description: str, accept: str, expected: str) -> None:
    assert media_of(name, description, accept=accept).name == expected


def test_endings_are_kept() -> None:
    assert media_of("lora", "", accept=".safetensors, .BIN").constraints == {"extensions": [".safetensors", ".bin"]}
