from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Gesso
from tests.cli.serving import serving


def test_a_home_goes_into_a_file_and_comes_back(gesso: Gesso, home: Path, work: Path) -> None:
    (home / "settings.toml").write_text("threads = 1\n")
    assert gesso("jobs").code == 0  # makes the database
    written = gesso("backup")
    name = written.out.strip()
    assert name.startswith("gesso-20")
    assert Path(name).is_file()
    assert gesso("backup").out.strip() != name
    (home / "settings.toml").write_text("threads = 2\n")
    restored = gesso("restore", name)
    assert restored.code == 0
    assert (home / "settings.toml").read_text() == "threads = 1\n"
    assert "before-restore-" in restored.err


def test_a_file_that_is_there_is_not_written_over(gesso: Gesso, work: Path) -> None:
    gesso("jobs")
    assert gesso("backup", "photo.png").code == 3


def test_a_file_that_is_not_there_is_told(gesso: Gesso, work: Path) -> None:
    ended = gesso("restore", "nothing.zip")
    assert ended.code == 4
    assert "There is no file nothing.zip" in ended.err


def test_what_is_printed_can_be_typed(gesso: Gesso, work: Path) -> None:
    gesso("jobs")
    assert 'gesso restore "my backup.zip"' in gesso("backup", "my backup.zip").err


def test_a_home_that_is_in_use_is_not_restored_into(gesso: Gesso, home: Path, work: Path) -> None:
    with serving(home) as served:
        assert gesso("backup", "b.zip").code == 0
        refused = gesso("restore", "b.zip")
    assert refused.code == 1
    assert served.address in refused.err
