"""A real server with the built studio, and a real browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw
import pytest

from gesso.app import App
from gesso.server.front_end import WEB
from gesso.settings import Settings
from tests.bots.poet import add_poet
from tests.conftest import SHARED_HOME
from tests.server.program import Program, running
from tests.studio.models import add_models
from tests.training.trainers import write_trainer

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")

# How long an assertion waits for a page; a busy machine takes its time.
playwright.expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few models, and with the environments that all tests share."""
    home = tmp_path_factory.mktemp("studio")
    environments = SHARED_HOME / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(environments, target_is_directory=True)
    app = App(Settings(home=home), report=lambda _: None)
    add_models(app, home / "mine")
    add_poet(app, home / "mine" / "poet")
    return home


@pytest.fixture(scope="session")
def server(studio_home: Path) -> Iterator[Program]:
    """A server that runs as long as these tests."""
    if not (WEB / "index.html").is_file():
        pytest.skip("needs the built studio: make src/gesso/server/web/index.html")
    box = write_trainer(studio_home / "trainers")
    trainer = f"import pathlib; from gesso.training import trainers; trainers.BOX = pathlib.Path({str(box)!r})\n"
    with running(
        studio_home,
        before=trainer,  # what trains is small
        GESSO_FETCH_PRIVATE="true",  # what is fetched lies on this machine, too
        PYTHON_KEYRING_BACKEND="tests.bots.filed_keyring.FiledKeyring",
        KEYRING_FILE=str(studio_home / "keyring.json"),
    ) as program:
        yield program


class Faults:
    """What went wrong in a page: errors of its own code, and requests to anybody else."""

    def __init__(self, page: Any, address: str) -> None:
        self.found: list[str] = []
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("request", lambda request: self._look(request.url, address))

    def _look(self, url: str, address: str) -> None:
        if not url.startswith((f"{address}/", "data:", "blob:")):
            self.found.append(f"contacted: {url}")


@pytest.fixture
def page(browser: Any, server: Program) -> Iterator[Any]:
    """A page with a new profile. At its end it must have had no faults."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="dark", reduced_motion="reduce", base_url=server.address
    )
    page = context.new_page()
    page.set_default_timeout(60_000)  # the first run of pose makes its environment
    faults = Faults(page, server.address)
    yield page
    context.close()
    assert not faults.found


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small picture to give to models."""
    path = tmp_path_factory.mktemp("photos") / "fox.png"
    picture = PIL.Image.new("RGB", (320, 240), "#7090b0")
    PIL.ImageDraw.Draw(picture).ellipse((80, 40, 240, 200), fill="#e08040")
    picture.save(path)
    return path
