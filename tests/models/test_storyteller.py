"""The model `storyteller`: that it speaks without a network, from any place, and beside another one of it."""

from __future__ import annotations

import asyncio
import json
import stat
import tomllib
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.hosting.archive import keep_archive, unpack
from gesso.registry.manifest import read_manifest
from gesso.settings import Settings
from gesso.spec.runnable import Request, Result
from gesso.storage.blobs import Blobs
from gesso.trainers.text.converting import Tensors, read_config
from gesso.training.trained import check_weights
from tests.models.boxed import BOX, PACKAGE
from tests.server.program import running
from tests.server.protocols.hosted import host_over_http

FOLDER = BOX / "storyteller"
PROMPT = "The painter opened the window and"
RECIPE = tomllib.loads((PACKAGE / "trainers" / "text" / "recipes" / "storyteller.toml").read_text(encoding="utf-8"))
MB = 1_000_000


async def said(app: App, reference: str, **inputs: object) -> str:
    model = await app.open(reference)
    request = Request(inputs={"prompt": PROMPT, "max_characters": 80, **inputs}, seed=3)
    (result,) = [event async for event in model.run(request) if isinstance(event, Result)]
    return str(result.outputs["generated_text"])


@pytest.mark.timeout(600)
async def test_it_goes_on_with_a_text_offline(warm_home: Path) -> None:
    async with App(Settings(home=warm_home, offline=True), report=lambda _: None) as app:
        first = await said(app, "storyteller")
        assert first.startswith(PROMPT + " ")
        assert len(first) == len(PROMPT) + 80
        assert await said(app, "storyteller") == first
    made = list((warm_home / "cache" / "models" / "storyteller").iterdir())
    assert [path.name[0] == "." for path in made] == [False]
    async with App(Settings(home=warm_home, offline=True), report=lambda _: None) as app:
        assert await said(app, "storyteller") == first  # now the form that is run is there
    assert list((warm_home / "cache" / "models" / "storyteller").iterdir()) == made


@pytest.mark.timeout(600)
async def test_two_that_begin_at_once_do_not_disturb_each_other(warm_home: Path) -> None:
    settings = Settings(home=warm_home, offline=True)
    async with App(settings, report=lambda _: None) as one, App(settings, report=lambda _: None) as other:
        first, second = await asyncio.gather(said(one, "storyteller"), said(other, "storyteller"))
    assert first == second
    assert len(list((warm_home / "cache" / "models" / "storyteller").iterdir())) == 1


@pytest.mark.timeout(600)
async def test_a_version_that_was_kept_speaks_the_same(warm_home: Path) -> None:
    """As a deployment keeps it: a ZIP of its folder, unpacked anywhere, here where nobody may write."""
    manifest = read_manifest(FOLDER)
    async with App(Settings(home=warm_home, offline=True), report=lambda _: None) as app:
        source = app.registry.find("storyteller")
        kept = keep_archive(source.path, digest=source.digest, blobs=Blobs(warm_home / "blobs"))
        blobs = Blobs(warm_home / "blobs")
        unpacked = unpack(blobs.path(kept.blob), warm_home / "unpacked", digest=source.digest)
        for path in (unpacked, *unpacked.rglob("*")):
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        app.trust.trust(app.registry.find(str(unpacked)))
        assert read_manifest(unpacked).requirements == manifest.requirements
        assert await said(app, str(unpacked)) == await said(app, "storyteller")
        for path in (unpacked, *unpacked.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def test_its_weights_are_a_hugging_face_folder_in_16_bits() -> None:
    weights = check_weights(FOLDER / "weights", what="storyteller")
    config, options = read_config(weights), RECIPE["options"]
    assert (config["n_layer"], config["n_head"], config["n_embd"]) == (6, 5, 320)
    assert (config["n_layer"], config["n_embd"]) == (options["layers"], options["width"])
    assert config["vocab_size"] == options["vocabulary"]
    tensors = Tensors(weights / "model.safetensors")
    assert tensors.get("wte.weight", config["vocab_size"], config["n_embd"]).std() > 0
    with (weights / "model.safetensors").open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    assert {entry["dtype"] for name, entry in header.items() if name != "__metadata__"} == {"BF16"}
    assert not (weights / "ct2").exists()


def test_it_is_small_enough_for_the_wheel() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()}
    assert sizes["model.safetensors"] < 25 * MB
    assert sum(sizes.values()) < 26 * MB


def test_it_has_the_environment_of_what_is_trained() -> None:
    speaker = tomllib.loads((PACKAGE / "trainers/text/speaker/gesso.toml").read_text(encoding="utf-8"))
    requirements = read_manifest(FOLDER).requirements
    assert list(requirements.dependencies) == speaker["dependencies"]
    assert list(requirements.without_dependencies) == speaker["without-dependencies"]
    assert requirements.python == speaker["requires-python"]


def test_its_card_says_what_it_is_and_where_the_rest_stands() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    learnt = len(RECIPE["material"]["files"]) - len(RECIPE["material"]["heldout"])
    assert f"{learnt} books" in card
    assert "recipes/storyteller.toml" in card
    for word in ("cannot", "prejudice", "Apache-2.0", "word for word", "public domain"):
        assert word in card, word


@pytest.mark.timeout(600)
def test_it_is_hosted_as_every_text_model_is(warm_home: Path) -> None:
    with running(warm_home) as server:
        hosted = host_over_http(server, "storyteller")
        head = {"Authorization": f"Bearer {hosted.token}"}
        with httpx.Client(base_url=f"{server.address}/m/storyteller/v1", headers=head, timeout=120) as client:
            asked = {"model": "storyteller", "prompt": PROMPT, "max_tokens": 12, "seed": 5}
            first, again = (client.post("/completions", json=asked).json() for _ in range(2))
            assert first["usage"]["completion_tokens"] == 12
            assert again["choices"] == first["choices"]
