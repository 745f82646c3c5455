"""Code to copy does what it says: as it stands, but for where a photo lies, against a Gesso that serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.clients.conftest import Hosted, Site

pytestmark = pytest.mark.timeout(300)


def code(hosted: Hosted, name: str, *, kind: str, token: str) -> str:
    snippets = hosted.ask("GET", f"/deployments/{name}/snippets")["snippets"]
    found: str = next(each["code"] for each in snippets if each["kind"] == kind)
    return found.replace("YOUR_TOKEN", token)


def write_photo(path: Path) -> None:
    PIL.Image.new("RGB", (32, 24), (255, 0, 0)).save(path, quality=100, subsampling=0)


def run(words: list[str], folder: Path) -> str:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_inverted(path: Path) -> bool:
    with PIL.Image.open(path) as made:
        pixel = np.asarray(made.convert("RGB"))[5, 5]
    return bool(pixel[0] < 10 and pixel[1] > 245 and pixel[2] > 245)


def test_curl(hosted: Hosted, tmp_path: Path) -> None:
    write_photo(tmp_path / "photo.jpg")
    run(["sh", "-c", code(hosted, "invert", kind="curl", token=hosted.token("invert"))], tmp_path)
    assert is_inverted(tmp_path / "out.png")
    told = run(["sh", "-c", code(hosted, "tell", kind="curl", token=hosted.token("tell"))], tmp_path)
    assert '"type":"result"' in told
    assert "A FOX" in run(["sh", "-c", code(hosted, "echo", kind="curl", token=hosted.token("echo"))], tmp_path)


def test_python(hosted: Hosted, tmp_path: Path) -> None:
    write_photo(tmp_path / "photo.jpg")
    run([sys.executable, "-c", code(hosted, "invert", kind="python", token=hosted.token("invert"))], tmp_path)
    assert is_inverted(tmp_path / "out.png")
    told = run([sys.executable, "-c", code(hosted, "tell", kind="python", token=hosted.token("tell"))], tmp_path)
    assert told == "a fox in the snow 0 1 2 3 4"


def module(hosted: Hosted, site: Site, name: str) -> str:
    written = code(hosted, name, kind="javascript", token=hosted.token(name, site.origin))
    return site.write(f"module-{name}.html", f'<body><script type="module">{written}</script>')


def test_javascript(page: Any, hosted: Hosted, site: Site) -> None:
    write_photo(site.folder / "photo.jpg")
    page.goto(module(hosted, site, "invert"))
    page.wait_for_selector("img")
    assert page.evaluate("document.querySelector('img').naturalWidth") == 32
    page.goto(module(hosted, site, "tell"))
    page.wait_for_function("document.body.innerText.includes('a fox in the snow 0 1 2 3 4')")
    page.goto(module(hosted, site, "echo"))
    page.wait_for_selector("text=A FOX IN THE SNOW")


def sketch(hosted: Hosted, site: Site, name: str) -> str:
    """Return the address of a page that is made as the head of the sketch says; a browser keeps what it had there."""
    written = code(hosted, name, kind="p5", token=hosted.token(name, site.origin))
    tags = [line.removeprefix("//").strip() for line in written.splitlines() if line.startswith("//   <script")]
    site.write(f"sketch-{name}.js", written)
    return site.write(
        f"sketch-{name}.html",
        '<meta charset="utf-8">' + "".join(tags) + f'<body><script src="sketch-{name}.js"></script>',
    )


def test_p5(sketch_page: Any, hosted: Hosted, site: Site) -> None:
    sketch_page.goto(sketch(hosted, site, "invert"))
    sketch_page.wait_for_function("frame && frame.picture && frame.number > 2")
    sketch_page.goto(sketch(hosted, site, "tell"))
    sketch_page.wait_for_selector("canvas")
    sketch_page.mouse.click(100, 100)
    sketch_page.wait_for_function("story === 'a fox in the snow 0 1 2 3 4'")


def test_whoever_has_the_studio_sees_all_kinds(hosted: Hosted) -> None:
    found = hosted.ask("GET", "/deployments/echo/snippets")
    assert found["url"] == hosted.url("echo")
    kinds = [each["kind"] for each in found["snippets"]]
    assert kinds == ["curl", "python", "javascript", "p5", "processing", "osc", "runway", "replicate", "openai"]
