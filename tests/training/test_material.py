"""The texts of a recipe are its files, as they were, without what stands there twice."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.errors import InputError, NotFoundError
from gesso.training.material import Material, pieces_of, read_material

LONG = (
    "A paragraph that is long enough so that nobody would think that it stands there twice by accident, or by chance."
)
TEXTS = {
    "a.txt": f"First.\n\n{LONG}\n\nLast.",
    "b.txt": f"Second.\n\n{LONG.upper()}\n\n{LONG[::-1]}",
    "c.txt": f"{LONG[::-1]}\n\nC",
}


def material(folder: Path) -> Material:
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    files = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in TEXTS.items()}
    return Material(files=files, heldout=("b.txt",))


def test_what_is_held_out_is_learnt_from_nowhere(tmp_path: Path) -> None:
    pieces = {piece.source: piece for piece in pieces_of(material(tmp_path), tmp_path)}
    assert {name: piece.split for name, piece in pieces.items()} == {
        "a.txt": "train",
        "b.txt": "heldout",
        "c.txt": "train",
    }
    assert pieces["b.txt"].text == TEXTS["b.txt"]
    assert pieces["a.txt"].text == "First.\n\nLast."
    assert pieces["c.txt"].text == "C"


def test_texts_that_must_not_be_seen_are_not(tmp_path: Path) -> None:
    said = material(tmp_path)
    files = dict(said.files)
    unseen = {"b.txt": files.pop("b.txt")}
    pieces = pieces_of(replace(said, files=files, heldout=(), unseen=unseen), tmp_path)
    assert LONG not in "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_file_that_is_not_what_the_recipe_says_is_refused(tmp_path: Path, fault: str) -> None:
    said = material(tmp_path)
    (tmp_path / "a.txt").unlink() if fault == "missing" else (tmp_path / "a.txt").write_text("other")
    with pytest.raises(InputError, match=r"a\.txt"):
        pieces_of(said, tmp_path)


def test_a_recipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tales.toml"
    path.write_text('[options]\nmax_steps = 3\n[material]\nheldout = ["b"]\n[material.files]\na = "1"\nb = "2"\n')
    read = read_material(path)
    assert read.options == {"max_steps": 3}
    assert read.material == Material(files={"a": "1", "b": "2"}, heldout=("b",))


@pytest.mark.parametrize("text", ["", "[options]", "[material]\nfiles = 3\n[options]", "not toml", "\udcff"])
def test_what_is_no_recipe_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tales.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"tales\.toml"):
        read_material(path)
    with pytest.raises(NotFoundError, match="no recipe"):
        read_material(tmp_path / "none.toml")


def test_the_recipe_of_the_storyteller_is_one(shared_data: Path) -> None:
    from gesso.trainers import text

    read = read_material(Path(text.__file__).parent / "recipes" / "storyteller.toml")
    assert len(read.material.files) == 200
    assert len(read.material.heldout) == 14
    for name, sha256 in read.material.files.items():
        assert hashlib.sha256((shared_data / name).read_bytes()).hexdigest() == sha256
