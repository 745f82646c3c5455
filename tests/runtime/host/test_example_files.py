from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gesso.errors import NotFoundError
from gesso.runtime.host.example_files import find_own_file, find_package_file


async def test_a_file_that_a_package_has_brought() -> None:
    assert (await find_package_file(Path(sys.executable), "numpy/__init__.py")).is_file()


@pytest.mark.parametrize("name", ["numpy/nothing.png", "../../../../bin/python", "/etc/hosts", "numpy"])
async def test_nothing_else_is_found(name: str) -> None:
    with pytest.raises(NotFoundError):
        await find_package_file(Path(sys.executable), name)


def test_a_file_beside_the_model(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "fox.jpg").touch()
    (tmp_path / "own/fox.jpg").touch()
    assert find_own_file(tmp_path / "own", "fox.jpg") == (tmp_path / "own/fox.jpg").resolve()
    (tmp_path / "own/way-out.jpg").symlink_to(tmp_path / "fox.jpg")
    for name in ("../fox.jpg", "hare.jpg", str(tmp_path / "fox.jpg"), "way-out.jpg"):
        with pytest.raises(NotFoundError):
            find_own_file(tmp_path / "own", name)
