"""The wheel alone gives `gesso serve` with the studio in it, where there is no Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT

WEB = "src/gesso/server/web"


def build(folder: Path, *, has_studio: bool) -> subprocess.CompletedProcess[str]:
    """Build a wheel of what is here, with a page in the place of the studio."""
    copy = folder / "copy"
    keep = shutil.ignore_patterns("__pycache__", "web", "node_modules")
    shutil.copytree(ROOT / "src", copy / "src", ignore=keep)
    shutil.copytree(ROOT / "clients", copy / "clients", ignore=keep)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, copy / name)
    if has_studio:
        (copy / WEB / "assets").mkdir(parents=True)
        (copy / WEB / "index.html").write_text("<title>The studio</title>", encoding="utf-8")
        (copy / WEB / "assets" / "index.js").write_text("1", encoding="utf-8")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder / "dist"), str(copy)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into an environment of its own, which borrows only its libraries. Returns the command."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=100)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, timeout=100)
    (site,) = folder.rglob("site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts / "gesso"


@pytest.mark.timeout(300)
def test_the_wheel_serves_the_studio_without_node(tmp_path: Path, home: Path) -> None:
    built = build(tmp_path, has_studio=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    command = [str(install(wheel, tmp_path / "environment")), "serve", "--port", "0"]
    environment = {"PATH": os.devnull, "GESSO_HOME": str(home), "HOME": str(home)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].rstrip("/")
        try:
            with urllib.request.urlopen(f"{address}/api/v1/health") as answer:
                assert json.load(answer)["status"] == "ok"
            with urllib.request.urlopen(f"{address}/models/pose") as answer:
                assert answer.read() == b"<title>The studio</title>"
            with urllib.request.urlopen(f"{address}/gesso.js") as answer:
                assert answer.read() == (ROOT / "clients" / "javascript" / "gesso.js").read_bytes()
        finally:
            process.terminate()


@pytest.mark.timeout(120)
def test_without_the_studio_there_is_no_wheel(tmp_path: Path) -> None:
    built = build(tmp_path, has_studio=False)
    assert built.returncode != 0
    assert "the studio is not built" in built.stdout + built.stderr
