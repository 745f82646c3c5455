"""The address of a model that serves itself is read strictly: this computer, and nothing behind the port."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import InputError
from gesso.registry.registry import Registry
from gesso.registry.server_reference import is_server_reference, server_address, server_source
from gesso.registry.source import ModelSource
from gesso.spec.model import ModelSpec


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("runway+http://localhost:9000", "http://127.0.0.1:9000"),
        ("runway+http://localhost", "http://127.0.0.1:9000"),
        ("runway+http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("RUNWAY+HTTP://LOCALHOST:9000", "http://127.0.0.1:9000"),
        ("runway+http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_address_is_read(reference: str, address: str) -> None:
    assert is_server_reference(reference)
    assert server_address(reference) == address


@pytest.mark.parametrize(
    "reference",
    [
        "runway+https://localhost:9000",
        "runway+http://localhost:9000/v1",
        "runway+http://localhost:9000?a=1",
        "runway+http://localhost:99999",
        "runway+http://user:secret@localhost:9000",
        "runway+http://example.org:9000",
        "runway+http://10.0.0.1:9000",
        "runway+http://169.254.169.254",
        "runway+http://0.0.0.0:9000",
        "runway+http://2130706433:9000",
        "runway+http://localhost.example.org:9000",
        "runway+http://",
        "runway+http://[::1",
        "runway+",
    ],
)
def test_another_address_is_refused(reference: str) -> None:
    with pytest.raises(InputError, match=r"like runway\+http://localhost:9000"):
        server_address(reference)


def test_nothing_of_it_lies_here() -> None:
    source = server_source("runway+http://localhost:9000")
    assert (source.name, source.server, source.is_outside) == ("runway-9000", "http://127.0.0.1:9000", False)
    assert source.digest == server_source("runway+http://127.0.0.1:9000").digest != ""


async def _describe(source: ModelSource) -> ModelSpec:
    return ModelSpec(name=source.name)


async def test_it_can_be_put_on_the_list(home: Path) -> None:
    registry = Registry(home, describe=_describe)
    added = registry.add("runway+http://localhost:9000", "old-friend")
    assert (added.name, added.reference, added.server) == ("old-friend", "old-friend", "http://127.0.0.1:9000")
    registry.add("runway+http://127.0.0.1:9000", "old-friend")  # the same one again
    with pytest.raises(InputError, match="taken"):
        registry.add("runway+http://localhost:9001", "old-friend")
    assert [line.name for line in registry.models() if line.source and line.source.server] == ["old-friend"]
    assert (await registry.spec(added)).name == "old-friend"
    assert await registry.known_spec(added) is None
    registry.remove("old-friend")
    assert "old-friend" not in [line.name for line in registry.models()]
