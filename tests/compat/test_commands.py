"""What `pip install` asks for is taken, and every other command is passed over."""

from __future__ import annotations

import pytest

from gesso.compat.commands import PassedOver, Wanted, read_commands
from gesso.errors import DeclarationError


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pip install numpy", ["numpy"]),
        ("pip3.11 install -U --no-cache-dir 'numpy<2' scipy", ["numpy<2", "scipy"]),
        ("python -m pip install numpy", ["numpy"]),
        ("sudo pip install numpy && pip install scipy; pip install pillow", ["numpy", "scipy", "pillow"]),
        ("CFLAGS=-O2 pip install numpy", ["numpy"]),
        ("pip install --extra-index-url https://a.b/c numpy > log.txt", ["numpy"]),
        ("pip install", []),
        ("", []),
    ],
)
def test_packages_are_wanted(line: str, words: list[str]) -> None:
    assert list(read_commands(line, "here")) == [Wanted(word, "here") for word in words]


@pytest.mark.parametrize("line", ["pip install -r a.txt", "pip install -ra.txt", "pip install --requirement=a.txt"])
def test_a_file_of_requirements_is_one(line: str) -> None:
    assert list(read_commands(line, "here")) == [Wanted("a.txt", "here", is_file=True)]


def test_other_commands_are_passed_over() -> None:
    made = list(read_commands("apt-get install -y ffmpeg && make all && pip install numpy", "here"))
    assert made == [
        PassedOver("apt-get install -y ffmpeg", "here", is_of_the_system=True),
        PassedOver("make all", "here"),
        Wanted("numpy", "here"),
    ]


def test_a_quotation_that_does_not_end_is_said() -> None:
    with pytest.raises(DeclarationError, match=r"here: .* cannot be read"):
        list(read_commands("echo 'fox", "here"))
