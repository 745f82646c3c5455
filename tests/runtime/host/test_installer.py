from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from gesso.errors import SettingsError
from gesso.runtime.host.installer import install_command, make_command, python_in

FOLDER = Path("folder")


def without(*modules: str) -> object:
    return lambda name: None if name in modules else object()


def test_pip_of_the_platform_installs_into_other_environments() -> None:
    command = install_command("pip", FOLDER, requirements=["numpy", "x<2"], constraints=Path("c.txt"))
    assert command[:6] == [sys.executable, "-P", "-m", "pip", "--python", str(python_in(FOLDER))]
    assert command[-5:] == ["--constraint", "c.txt", "--", "numpy", "x<2"]
    assert "--no-deps" not in command
    assert make_command("pip", FOLDER, python=Path("py"))[-2:] == ["--without-pip", "folder"]


def test_without_dependencies() -> None:
    command = install_command("pip", FOLDER, requirements=["x"], constraints=None, is_without_dependencies=True)
    assert command[-3:] == ["--no-deps", "--", "x"]


def test_where_the_platform_has_no_pip_the_environment_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", without("pip"))
    assert "--without-pip" not in make_command("pip", FOLDER, python=Path("py"))
    command = install_command("pip", FOLDER, requirements=["x"], constraints=None)
    assert command[:4] == [str(python_in(FOLDER)), "-I", "-m", "pip"]


def test_an_old_pip_is_not_asked_for_progress_that_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    for version, bar in (("23.0", "off"), ("25.1", "raw")):
        monkeypatch.setattr("importlib.metadata.version", lambda _, version=version: version)
        command = install_command("pip", FOLDER, requirements=["x"], constraints=None)
        assert command[command.index("--progress-bar") + 1] == bar


def test_uv_is_a_program_or_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = ["pip", "install", "--python", str(python_in(FOLDER)), "--color", "never", "--no-deps", "--", "x"]
    install = partial(install_command, "uv", FOLDER, requirements=["x"], constraints=None, is_without_dependencies=True)
    monkeypatch.setattr("shutil.which", lambda _: "/tools/uv")
    assert install() == ["/tools/uv", *rest]
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", without())
    assert install() == [sys.executable, "-P", "-m", "uv", *rest]
    assert "--without-pip" in make_command("uv", FOLDER, python=Path("py"))


def test_a_uv_that_is_not_there_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", without("uv"))
    with pytest.raises(SettingsError, match="uv is not on this machine") as caught:
        install_command("uv", FOLDER, requirements=["x"], constraints=None)
    assert "pip install uv" in caught.value.hint
