"""A model says which weights it needs; it finds them in `setup`, downloaded and checked."""

from __future__ import annotations

import pytest

from gesso.errors import DeclarationError, FetchError
from gesso.spec.runnable import Progress
from tests.journeys.conftest import Studio, run
from tests.net.files import serving_file

CODE = """
    class Reader(Model):
        def setup(self, name: str = "notes.txt") -> None:
            self.text = self.weights[name].read_text()

        def run(self) -> str:
            return f"{self.text} from {self.weights['notes.txt'].suffix}"
"""


def manifest(url: str, sha256: str) -> str:
    return f'[[weights]]\nname = "notes.txt"\nurl = "{url}"\nsha256 = "{sha256}"\nsize_bytes = 5\n'


@pytest.fixture
def at_home(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A Gesso that takes weights from this computer, too, because that is where the test serves them."""
    monkeypatch.setattr(studio.app.weights, "_allow_private", True)
    return studio


async def test_weights_are_there_when_the_model_gets_ready(nothing_left: None, at_home: Studio) -> None:
    with serving_file(b"hello") as server:
        model = await at_home.open(CODE, manifest=manifest(server.url, server.sha256))
        assert at_home.app.weights.outstanding(model.spec.weights).size_bytes == 5
        result, events = await run(model)
        assert result.outputs == {"output": "hello from .txt"}
        assert Progress(1.0, "Downloading notes.txt: 5 bytes of 5 bytes") in events
        await run(await at_home.open(CODE, name="other", manifest=manifest(server.url, server.sha256)))
        assert len(server.asked) == 1
    assert [contact.what_for for contact in at_home.app.door.ledger.contacts()] == ["the weights notes.txt"]


async def test_without_its_weights_a_model_is_not_started(nothing_left: None, at_home: Studio) -> None:
    with serving_file(b"other") as server:
        model = await at_home.open(CODE, manifest=manifest(server.url, "0" * 64))
        with pytest.raises(FetchError, match="expected the SHA-256"):
            await run(model)


async def test_weights_that_nobody_declared_are_told(at_home: Studio) -> None:
    with serving_file(b"hello") as server:
        model = await at_home.open(CODE, manifest=manifest(server.url, server.sha256), name="story")
        model.options = {"name": "nots.txt"}
        with pytest.raises(DeclarationError, match=r"'nots\.txt', but it declares notes\.txt"):
            await run(model)
