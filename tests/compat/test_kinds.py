"""A folder is a foreign model by its declaration, unless it is one of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gesso.compat import kinds
from gesso.compat.kinds import RUNWAY, kind_in
from gesso.errors import DeclarationError

YML = "python: 3.6\nentrypoint: python runway_model.py\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def test_it_is_known_by_its_file(tmp_path: Path) -> None:
    assert kind_in(tmp_path) is None
    assert kind_in(write(tmp_path, runway__yml=YML)) is RUNWAY


def test_another_spelling_is_none(tmp_path: Path) -> None:
    assert kind_in(write(tmp_path, runway__yaml=YML)) is None


def test_a_model_of_our_own_stays_one(tmp_path: Path) -> None:
    write(tmp_path, runway__yml=YML, model__py="import torch\n")
    assert kind_in(tmp_path) is RUNWAY  # many a network is called model.py
    write(tmp_path, model__py="import numpy\nfrom gesso import Model\n")
    assert kind_in(tmp_path) is None
    write(tmp_path, model__py="", gesso__toml="")
    assert kind_in(tmp_path) is None


@pytest.mark.parametrize("table", ["", [], "a text", {1: "x"}])
def test_a_declaration_that_is_no_table_is_refused(tmp_path: Path, table: Any) -> None:
    with pytest.raises(DeclarationError, match=r"runway\.yml is not a table"):
        kinds.read_declaration(RUNWAY, tmp_path, table=table)


def test_every_kind_is_found_by_its_name() -> None:
    assert kinds.KINDS["runway"] is RUNWAY
    assert all((kinds.SHIMS / name / "__init__.py").exists() for name in kinds.KINDS)
