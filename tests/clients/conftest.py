"""A Gesso that hosts models, a page of somebody else at another origin, and a real browser with a made-up camera."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import tarfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gesso.app import App
from gesso.hosting.snippets.target import P5
from gesso.settings import Settings
from tests.conftest import ROOT, SHARED_HOME
from tests.server.program import Program, running

_CODE = """
from __future__ import annotations
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
import numpy as np
from gesso import Image, Landmark, Landmarks, Model, Range, command, progress

@dataclass
class Seen:
    picture: Image
    brightness: float

class Playful(Model):
    @command
    def invert(self, image: Image, strength: Annotated[float, Range(0, 1)] = 1.0) -> Seen:
        pixels = image.rgb.astype(np.float32)
        made = pixels + strength * (255 - 2 * pixels)
        return Seen(Image(made.astype(np.uint8)), float(pixels.mean()))

    @command
    def tell(self, prompt: str, words: int = 5) -> Iterator[str]:
        yield prompt
        for number in range(words):
            time.sleep(0.02)
            yield f" {number}"

    @command
    def fail(self, prompt: str = "") -> str:
        progress(0.5, "half")
        raise ValueError("no rhyme")

    @command
    def echo(self, prompt: str) -> str:
        return prompt.upper()

    @command
    def mix(self, image: Image, seed_colour: str = "red") -> Image:
        return Image(np.roll(image.rgb, 7, axis=1))
"""


@dataclass(frozen=True)
class Hosted:
    """Deployments of a model that can do a few quick things, one for each command."""

    program: Program

    def ask(self, method: str, path: str, *, body: Any = None) -> Any:
        """Ask as the owner, with JSON."""
        asked = urllib.request.Request(
            f"{self.program.address}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def url(self, name: str) -> str:
        """Return the address of a deployment."""
        return f"{self.program.address}/m/{name}"

    def token(self, name: str, *origins: str, **order: Any) -> str:
        """Make a token: for pages of these origins, or for programs."""
        kind = "browser" if origins else "secret"
        body = {"name": "a test", "kind": kind, "origins": list(origins), **order}
        return str(self.ask("POST", f"/deployments/{name}/tokens", body=body)["token"])


IN_THE_BOX = ("pose", "remix", "cutout")
COMMANDS = ("invert", "tell", "fail", "echo", "mix")


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A server with the deployments, as long as these tests run."""
    home = tmp_path_factory.mktemp("hosting")
    environments = SHARED_HOME / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(environments, target_is_directory=True)
    (home / "playful.py").write_text(_CODE)
    app = App(Settings(home=home), report=lambda _: None)
    app.trust.trust(app.registry.add(str(home / "playful.py")))
    with running(home) as program:
        hosted = Hosted(program)
        for command in COMMANDS:
            hosted.ask("POST", "/deployments", body={"model": "playful", "command": command, "name": command})
        for model in IN_THE_BOX:
            hosted.ask("POST", "/deployments", body={"model": model})
            hosted.ask("POST", f"/deployments/{model}/sleep")
        yield hosted


@dataclass(frozen=True)
class Site:
    """Somebody's web pages: files of a folder, at an origin that is not Gesso's."""

    folder: Path
    origin: str

    def write(self, name: str, text: str) -> str:
        """Put a page there, and return its address."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")
        return f"{self.origin}/{name}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has named it
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://localhost:{server.server_port}")
        server.shutdown()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page with a new profile, that may use the camera. At its end its code must have had no faults."""
    context = browser.new_context(viewport={"width": 800, "height": 600}, permissions=["camera"])
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert not faults


@pytest.fixture
def scripted(page: Any, site: Site, hosted: Hosted) -> Callable[[str], Any]:
    """Run a piece of JavaScript in a page of the site that has the client by a script tag, and return its value."""

    def run(code: str) -> Any:
        page.goto(site.write("index.html", f'<script src="{hosted.program.address}/gesso.js"></script><body>'))
        return page.evaluate(f"async () => {{ {code} }}")

    return run


@pytest.fixture(scope="session")
def p5() -> Path:
    """The p5.js that pages name, from the npm registry; kept from one run to the next."""
    folder = ROOT / ".cache" / f"p5-{P5}"
    if not (folder / "p5.min.js").is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs npm, which fetches p5.js")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "pack", f"p5@{P5}", "--silent"], cwd=folder, check=True, capture_output=True, timeout=100)
        with tarfile.open(folder / f"p5-{P5}.tgz") as packed:
            source = packed.extractfile("package/lib/p5.min.js")
            assert source is not None
            (folder / "p5.min.js").write_bytes(source.read())
    return folder / "p5.min.js"


@pytest.fixture
def sketch_page(page: Any, p5: Path) -> Any:
    """A page that finds p5.js where sketches say it is, without the web."""
    page.route(f"https://cdn.jsdelivr.net/npm/p5@{P5}/lib/p5.min.js", lambda route: route.fulfill(path=p5))
    return page
