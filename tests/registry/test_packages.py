from __future__ import annotations

import pytest

from gesso.errors import DeclarationError
from gesso.registry.packages import read_python, read_requirement


def test_requirements_have_names_in_their_usual_spelling() -> None:
    assert str(read_requirement("Py_YAML >=1, <2")) == "py-yaml<2,>=1"
    assert str(read_requirement("x[b,a] @ file:///x.whl")).startswith("x[a,b]")


@pytest.mark.parametrize("line", ["", "--index-url=http://x", "-r file", "./folder", "numpy>>1", "numpy 1.2"])
def test_a_line_that_names_no_package_is_refused(line: str) -> None:
    with pytest.raises(DeclarationError, match="does not name a package"):
        read_requirement(line)


def test_pythons() -> None:
    assert "3.12.1" in read_python(">=3.11")
    assert "2.7" in read_python("")
    with pytest.raises(DeclarationError, match=r"requires-python: 'three'"):
        read_python("three")


def test_a_condition_that_cannot_be_decided_is_refused() -> None:
    assert read_requirement("numpy; os_name == 'posix'").marker
    with pytest.raises(DeclarationError, match="cannot be decided"):
        read_requirement('numpy; os_name ~= "x"')
