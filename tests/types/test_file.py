from __future__ import annotations

import gc
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.file import File, FileType

NOTE = "data:text/plain;name=fox%20note.txt;base64,Zm94"


def test_bytes_become_a_file_when_a_path_is_asked_for() -> None:
    file = FileType().coerce(NOTE)
    assert (file.name, file.size_bytes, file.bytes()) == ("fox note.txt", 3, b"fox")
    path = file.path
    assert path.name == "fox note.txt"
    assert path.read_bytes() == b"fox"
    assert file.path == path
    del file
    gc.collect()
    assert not path.parent.exists()


def test_a_file_on_the_disk_stays_there(tmp_path: Path) -> None:
    path = tmp_path / "fox.txt"
    path.write_bytes(b"fox")
    file = FileType().read(path)
    assert (file.name, file.path, file.size_bytes, file.data) == ("fox.txt", path, 3, None)
    assert FileType().pack(file).header == {"name": "fox.txt", "path": str(path)}
    path.unlink()
    with pytest.raises(InputError, match="not there"):
        file.bytes()


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5Cfox.txt", "fox.txt"),
        ("a%00%0Ab", "a__b"),
        ("CON", "_CON"),
        ("..", "file"),
    ],
)
def test_a_name_that_came_over_the_wire_is_made_harmless(sent: str, name: str) -> None:
    assert FileType().coerce(f"data:;name={sent};base64,Zm94").name == name


def test_the_ending_is_checked_and_added_where_there_is_none() -> None:
    weights = FileType(extensions=[".safetensors", ".onnx"])
    assert weights.coerce(File(b"", name="a.ONNX")).name == "a.ONNX"
    assert weights.coerce("data:,x").name == "file.safetensors"
    with pytest.raises(InputError, match=r'ends in \.safetensors or \.onnx .* but got "a\.pkl"'):
        weights.coerce(File(b"", name="a.pkl"))


def test_base64_alone_is_no_file() -> None:
    with pytest.raises(InputError):
        FileType().coerce("Zm94" * 100)


def test_endings_are_written_in_one_way() -> None:
    for wrong in ("png", ".PNG", ""):
        with pytest.raises(DeclarationError):
            FileType(extensions=[wrong])
