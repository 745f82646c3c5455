"""docs/clients: what the pages have people copy is run against a Gesso that serves, with a token of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.clients.conftest import Hosted, Site, hosted, p5, page, site, sketch_page
from tests.conftest import ROOT

__all__ = ["hosted", "p5", "page", "site", "sketch_page"]

pytestmark = pytest.mark.timeout(400)  # the first time, what the model needs is installed
FOLDER = ROOT / "docs" / "clients"


def blocks(name: str, language: str) -> list[str]:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def placed(code: str, hosted: Hosted, *, token: str = "") -> str:
    """Return code with the real address and token. The page's teller is our `tell`."""
    code = code.replace("http://127.0.0.1:5142", hosted.program.address).replace("/m/teller", "/m/tell")
    return code.replace("YOUR_TOKEN", token).replace("gesso_...", token)


@pytest.fixture
def photo(tmp_path: Path, shared_data: Path) -> Path:
    with PIL.Image.open(shared_data / "people" / "skier.jpg") as picture:
        picture.save(tmp_path / "photo.jpg")
    return tmp_path / "photo.jpg"


def run(words: list[str], folder: Path) -> str:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl(hosted: Hosted, photo: Path) -> None:
    code = "\n".join(blocks("curl", "sh"))
    said = run(["sh", "-e", "-c", placed(code, hosted, token=hosted.token("pose"))], photo.parent)
    with PIL.Image.open(photo.parent / "out.png") as made, PIL.Image.open(photo) as given:
        assert made.size == given.size
    assert '"landmarks"' in said
    assert '"state":"awake"' in said


def test_python(hosted: Hosted, photo: Path) -> None:
    first, second, third, last = blocks("python", "python")
    said = run([sys.executable, "-c", placed(first, hosted, token=hosted.token("pose"))], photo.parent)
    assert "nose" in said
    with PIL.Image.open(photo.parent / "out.png") as made:
        assert np.asarray(made).size
    token = hosted.token("tell")
    said = run([sys.executable, "-c", placed(second, hosted, token=token)], photo.parent)
    assert said.startswith("A fox 0 1 2 3 4")
    assert "A hare 0 1 2 3 4" in said
    assert "Part(" in run([sys.executable, "-c", placed(third, hosted, token=token)], photo.parent)
    assert "playful" in run([sys.executable, "-c", placed(last, hosted)], photo.parent)


def test_javascript(page: Any, site: Site, hosted: Hosted, photo: Path) -> None:
    token = hosted.token("pose", site.origin)
    choosing, filming = (placed(code, hosted, token=token) for code in blocks("javascript", "html"))
    page.goto(site.write("choosing.html", choosing))
    page.set_input_files("#photo", str(photo))
    page.wait_for_selector("img", timeout=300_000)
    page.goto(site.write("filming.html", filming))
    page.wait_for_function(
        "document.querySelector('canvas').getContext('2d').getImageData(320, 240, 1, 1).data[3] === 255",
        timeout=300_000,
    )


def test_p5(sketch_page: Any, site: Site, hosted: Hosted) -> None:
    (head,), (sketch,) = blocks("p5", "html"), blocks("p5", "js")
    site.write("sketch.js", placed(sketch, hosted, token=hosted.token("pose", site.origin)))
    sketch_page.goto(site.write("index.html", placed(head, hosted)))
    sketch_page.wait_for_function("frame && frame.number > 2", timeout=300_000)
