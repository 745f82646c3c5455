from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, InstallError
from gesso.runtime.host import interpreter
from gesso.runtime.host.requirements import BASE_REQUIREMENTS, read_needs
from gesso.spec.model import Requirements
from gesso.version import VERSION


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few packages that seem to be installed here."""
    described = {
        "inks-2.1": "",
        "brushes-1.0": 'Requires-Dist: inks>=3; extra == "wet"\nRequires-Dist: inks>=2; extra == "dry"\n'
        'Requires-Dist: brushes[all]; extra == "all"\n',
        "odd-not.a.version": "",
    }
    for name_version, more in described.items():
        name, _, version = name_version.partition("-")
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}")
    monkeypatch.syspath_prepend(tmp_path)


def is_met(*dependencies: str, python: str = "") -> bool:
    return read_needs(Requirements(python=python, dependencies=dependencies)).are_met_here


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        ("inks", True),
        ("INKS>=2,<3", True),
        ("inks>=3", False),
        ("nowhere-to-be-found", False),
        ("nowhere-to-be-found; python_version < '3'", True),
        ("inks>=3; sys_platform == 'nowhere'", True),
        ("brushes", True),
        ("brushes[dry]", True),
        ("brushes[wet]", False),
        ("brushes[all]", True),
        ("inks @ file:///somewhere/inks.whl", False),
        ("odd>=1", False),
    ],
)
@pytest.mark.usefixtures("packages")
def test_what_the_platform_meets(dependency: str, expected: bool) -> None:
    assert is_met(dependency) is expected


def test_nothing_is_met_by_everything() -> None:
    assert is_met()


def test_another_python_is_not_met_here() -> None:
    assert is_met("numpy", python=f">={sys.version_info.major}.{sys.version_info.minor}")
    assert not is_met("numpy", python=">=4")


def test_packages_without_dependencies_have_to_be_there_too() -> None:
    assert not read_needs(Requirements(without_dependencies=("nowhere-to-be-found",))).are_met_here


def test_gesso_itself_is_brought_along() -> None:
    needs = read_needs(Requirements(dependencies=("gesso", f"gesso>={VERSION}", "numpy")))
    assert needs.together == (*BASE_REQUIREMENTS, "numpy")
    with pytest.raises(InstallError, match=f"gesso>=99.*this is Gesso {VERSION}"):
        read_needs(Requirements(dependencies=("gesso>=99",)))


@pytest.mark.parametrize("line", ["", "--index-url=http://x", "../folder", "numpy>>1", "numpy 1.2", "-r file"])
def test_a_line_that_names_no_package_is_refused(line: str) -> None:
    with pytest.raises(DeclarationError, match="does not name a package"):
        read_needs(Requirements(dependencies=(line,)))


def test_a_python_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"requires-python: 'three'"):
        read_needs(Requirements(python="three"))


def test_the_digest_is_that_of_the_meaning() -> None:
    here = interpreter.running()
    one = read_needs(Requirements(dependencies=("Py_YAML >= 1, <2", "numpy"), without_dependencies=("x",)))
    same = read_needs(Requirements(dependencies=("numpy", "py-yaml<2,>=1", "numpy"), without_dependencies=("x",)))
    assert one.digest(here, "") == same.digest(here, "")
    assert len(one.digest(here, "")) == 64

    others = [
        one.digest(here, "numpy<2"),
        one.digest(replace(here, version="3.99.0"), ""),
        one.digest(replace(here, platform="other"), ""),
        read_needs(Requirements(dependencies=("numpy", "py-yaml<2,>=1", "x"))).digest(here, ""),
    ]
    assert len({one.digest(here, ""), *others}) == 5
    patched = replace(here, version=f"{here.minor_version}.99")
    assert one.digest(patched, "") == one.digest(here, ""), "a newer patch of the same Python keeps its environments"
