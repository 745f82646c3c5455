from __future__ import annotations

import pytest

from gesso.storage.media_types import media_type_of
from gesso.types.image import Image, ImageType


@pytest.mark.parametrize(
    ("ending", "expected"),
    [(".png", "image/png"), (".jpg", "image/jpeg"), (".webp", "image/webp"), (".tif", "image/tiff")],
)
def test_a_picture_is_told_by_its_content(ending: str, expected: str) -> None:
    picture: Image = ImageType().sample()
    assert media_type_of(ImageType().encode(picture, ending), "page.html") == expected


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"hello", "notes.txt", "text/plain"),
        (b"{}", "facts.JSON", "application/json"),
        (b"\0\1", "notes.txt", "application/octet-stream"),
        (b"<html>", "page.html", "application/octet-stream"),
        (b"<svg>", "drawing.svg", "application/octet-stream"),
        (b"\x1aE\xdf\xa3...webm", "x", "video/webm"),
        (b"\0\0\0\x18ftypisom", "x", "video/mp4"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_nothing_that_a_browser_would_run_is_recognised(head: bytes, name: str, expected: str) -> None:
    assert media_type_of(head, name) == expected
