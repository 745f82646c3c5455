"""The rooms of the house: declared, small, well named, and each with its tests beside it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.house.source import ROOT, SHIMS, SRC, definitions, python_files, rooms, shown

MAX_LINES = 500
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
OUR_CODE = tuple(ROOT / name for name in ("src", "tests", "benchmarks", "examples", "studio/src", "clients"))

NOT_WRITTEN_HERE = (SHIMS, ROOT / "studio" / "src" / "api")  # others' names; generated from OpenAPI


def code_files() -> list[Path]:
    return [
        path
        for folder in OUR_CODE
        for ending in ("py", "ts", "tsx", "js", "mjs")
        for path in folder.rglob(f"*.{ending}")
        if "node_modules" not in path.parts and not any(path.is_relative_to(place) for place in NOT_WRITTEN_HERE)
    ]


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_every_room_has_its_floor_in_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = next(contract for contract in contracts if contract.get("exhaustive"))["layers"]
    declared = {room.strip(" ()") for floor in floors for room in floor.split("|")}
    undeclared = set(rooms()) - declared
    assert not undeclared, (
        f"Give {sorted(undeclared)} a floor in pyproject.toml, [tool.importlinter], and ARCHITECTURE.md."
    )


def test_every_room_stands_in_the_architecture_page() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    floors = page.partition("## The floors")[2].partition("\n## ")[0]
    missing = [room for room in rooms() if not re.search(rf"\b{room}(/|\.py)", floors)]
    assert not missing, f"ARCHITECTURE.md, 'The floors', does not name {missing}."


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in python_files(SRC) if not path.is_relative_to(SHIMS)}
    missing = [shown(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()]
    assert not missing, f"Without __init__.py no contract sees {missing}."


def test_no_file_is_longer_than_a_reader_holds_in_mind() -> None:
    models = (SRC / "models", SRC / "trainers" / "text" / "speaker")  # one model is one file, however long
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in code_files()
        if not any(path.is_relative_to(place) for place in models)
    }
    long = {path: lines for path, lines in lengths.items() if lines > MAX_LINES}
    assert not long, f"Longer than {MAX_LINES} lines: {long}. Which noun in there wants a file of its own?"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = sorted(shown(path) for path in code_files() if words(path.stem) & EMPTY_WORDS)
    folders = sorted({shown(path.parent) for path in code_files() if words(path.parent.name) & EMPTY_WORDS})
    assert not empty + folders, f"Find the noun that these are about: {empty + folders}"


def test_no_class_or_function_has_a_name_that_says_nothing() -> None:
    sentences = ROOT / "tests"  # there a name may say "common" and mean it
    ours = [path for path in code_files() if path.suffix == ".py" and not path.is_relative_to(sentences)]
    empty = [
        f"{shown(path)}:{line} {name}" for path in ours for name, line in definitions(path) if words(name) & EMPTY_WORDS
    ]
    assert not empty, f"Find the noun that these are about: {empty}"


def test_tests_mirror_the_source() -> None:
    """`tests/types/test_image.py` tests `src/gesso/types/image.py`; `tests/types/test_types.py` the room as a whole."""
    own_order = {"house", "journeys", "docs", "benchmarks", "studio", "clients"}  # rules, stories, ..., browsers
    strays = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        inside = path.relative_to(ROOT / "tests")
        if inside.parts[0] in own_order:
            continue
        name = path.stem.removeprefix("test_")
        folder = SRC / inside.parent
        is_of_a_room = name == folder.name and folder.is_dir() and folder != SRC
        if not ((folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists() or is_of_a_room):
            strays.append(shown(path))
    assert not strays, f"No source file of that name for {strays}; a story belongs into tests/journeys."
