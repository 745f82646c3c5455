"""Files that a foreign declaration names are read with care."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.compat.foreign import read_text
from gesso.errors import DeclarationError


def test_a_text_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree")
    assert read_text(tmp_path, "a.txt", where="here") == "one\ntwo\nthree"


def test_what_is_no_text_of_the_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "large.txt").write_bytes(b"x" * 1_000_001)
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    for name, words in {
        "../secret.txt": "lies outside",
        "link.txt": "lies outside",
        "/etc/passwd": "lies outside",
        "large.txt": "1",
        "latin.txt": "utf-8",
        "missing.txt": "not there",
        ".": "a folder",
        "a\0b": "not the path",
    }.items():
        with pytest.raises(DeclarationError, match=f"runway.yml, build step 1: .*{words}"):
            read_text(folder, name, where="runway.yml, build step 1")
