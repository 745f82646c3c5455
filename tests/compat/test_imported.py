"""The code of a model is searched for what it imports, whatever else lies there."""

from __future__ import annotations

from pathlib import Path

from gesso.compat.imported import imported_modules


def test_imports_are_found_in_the_folder_and_below(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / ".venv").mkdir()
    (tmp_path / "predict.py").write_text("import requests, os\nfrom pydantic.fields import Field\n", encoding="utf-8")
    (tmp_path / "below" / "more.py").write_text("def a():\n    import yaml\n# import httpx\n", encoding="utf-8")
    (tmp_path / ".venv" / "theirs.py").write_text("import attr\n", encoding="utf-8")
    (tmp_path / "broken.py").write_bytes(b"\xff\xfe import \x00")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "notes.txt").write_text("import flask\n", encoding="utf-8")
    assert imported_modules(tmp_path) == {"requests", "pydantic", "yaml"}
