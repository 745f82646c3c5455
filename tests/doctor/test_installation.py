from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from gesso.doctor import installation
from gesso.doctor.installation import look_at_installation
from gesso.settings import Settings

Usage = namedtuple("Usage", "total used free")


def kinds(settings: Settings) -> dict[str, str]:
    return {finding.title.partition(":")[0]: finding.kind for finding in look_at_installation(settings)}


@pytest.mark.parametrize(("free", "kind"), [(10**10, "good"), (10**9, "remark"), (10**6, "problem")])
def test_room_on_the_disk(home: Path, monkeypatch: pytest.MonkeyPatch, free: int, kind: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))
    assert kinds(Settings())["Room on the disk"] == kind


def test_an_installer_that_is_not_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert kinds(Settings(installer="uv"))["Installer"] == "problem"
    assert kinds(Settings(installer="pip"))["Installer"] == "good"


def test_a_card_that_does_not_answer_is_none(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / "no-such-program"))
    assert installation._device() in {"cpu", "mps: the graphics unit of this Mac"}
