"""A text model as training leaves it is hosted, and clients written for OpenAI and Runway speak to it unchanged."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from gesso.app import App
from gesso.settings import Settings
from gesso.trainers.text.speaking import Labels, make_speaker
from tests.clients.npm import node_environment
from tests.conftest import SHARED_HOME
from tests.server.program import Program, running
from tests.server.protocols.hosted import Hosted, host_over_http
from tests.trainers.text.tiny import END, byte_tokenizer, write_chance, write_parrot

ASK = Path(__file__).parents[1] / "clients" / "runway" / "ask.cjs"
PLAIN: dict[str, Any] = {"temperature": 0, "extra_body": {"repetition_penalty": 1}}
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server with two text models: one says what it knows, one writes what chance says."""
    folder = tmp_path_factory.mktemp("texts")
    home = folder / "home"
    home.mkdir()
    (SHARED_HOME / "environments").mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(SHARED_HOME / "environments", target_is_directory=True)
    write_parrot(folder / "parrot" / "weights", byte_tokenizer(257), ["abcdefg" + END, "A€😀A"], context=256)
    write_chance(folder / "gambler" / "weights", context=256)
    asyncio.run(_add(home, folder, "parrot", "gambler"))
    with running(home) as program:
        yield program


async def _add(home: Path, folder: Path, *names: str) -> None:
    async with App(Settings(home=home), report=lambda _: None) as app:
        for name in names:
            make_speaker(folder / name, Labels(name=name, title=name.capitalize(), licence="CC0-1.0"))
            app.trust.trust(app.registry.add(str(folder / name)))


@pytest.fixture(scope="module")
def parrot(server: Program) -> Hosted:
    return host_over_http(server, "parrot")


@pytest.fixture(scope="module")
def gambler(server: Program) -> Hosted:
    return host_over_http(server, "gambler")


def client_of(hosted: Hosted) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{hosted.address}/openai/v1", api_key=hosted.token, timeout=120, max_retries=0)


def test_openais_client_completes(parrot: Hosted) -> None:
    client = client_of(parrot)
    assert "parrot" in [model.id for model in client.models.list()]
    ended = client.completions.create(model="parrot", prompt="ab", max_tokens=50, **PLAIN)
    assert (ended.choices[0].text, ended.choices[0].finish_reason) == ("cdefg", "stop")
    assert ended.usage is not None
    assert (ended.usage.prompt_tokens, ended.usage.completion_tokens) == (2, 5)
    long = client.completions.create(model="parrot", prompt="A", max_tokens=8, **PLAIN)
    assert (long.choices[0].text, long.choices[0].finish_reason) == ("€😀A", "length")
    assert long.usage is not None
    assert (long.usage.prompt_tokens, long.usage.completion_tokens) == (1, 8)
    stopped = client.completions.create(model="parrot", prompt=["a", "b"], stop="e", echo=True, max_tokens=4, **PLAIN)
    assert [(choice.text, choice.finish_reason) for choice in stopped.choices] == [("abcd", "stop"), ("bcd", "stop")]


def test_openais_client_hears_it_as_it_is_written(parrot: Hosted) -> None:
    stream = client_of(parrot).completions.create(
        model="parrot", prompt="A", max_tokens=15, stream=True, stream_options={"include_usage": True}, **PLAIN
    )
    chunks = list(stream)
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == "€😀A€😀"
    assert chunks[-2].choices[0].finish_reason == "length"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 15
    assert chunks[-1].usage.model_dump()["counted"] == "tokens"


def test_openais_client_converses(parrot: Hosted) -> None:
    made = client_of(parrot).chat.completions.create(
        model="parrot", messages=[{"role": "user", "content": "hello"}], max_tokens=3
    )
    assert made.usage is not None
    assert made.usage.prompt_tokens == len("User: hello\nAssistant:")


def test_a_seed_is_kept_and_choices_differ(gambler: Hosted) -> None:
    client = client_of(gambler)
    asked: dict[str, Any] = {"model": "gambler", "prompt": "the fox", "max_tokens": 30, "n": 3}
    one, again = ([choice.text for choice in client.completions.create(**asked, seed=7).choices] for _ in range(2))
    assert one == again
    assert len(set(one)) == 3
    free = [choice.text for choice in client.completions.create(**asked, top_p=0.9).choices]
    assert len({*one, *free}) == 6


async def test_sixteen_ask_at_once(gambler: Hosted) -> None:
    async with openai.AsyncOpenAI(base_url=f"{gambler.address}/openai/v1", api_key=gambler.token) as client:
        seeded = [client.completions.create(model="gambler", prompt="the", max_tokens=20, seed=3) for _ in range(2)]
        others = [client.completions.create(model="gambler", prompt="the", max_tokens=20) for _ in range(14)]
        texts = [made.choices[0].text for made in await asyncio.gather(*seeded, *others)]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 15


def test_who_hangs_up_is_not_written_for_any_more(gambler: Hosted) -> None:
    stream = client_of(gambler).completions.create(model="gambler", prompt="a", max_tokens=20_000, stream=True)
    next(iter(stream))
    stream.close()
    began = time.monotonic()
    while (busy := _standing(gambler)["busy"]) and time.monotonic() - began < 20:
        time.sleep(0.05)
    assert busy == 0


def _standing(hosted: Hosted) -> dict[str, Any]:
    answer = httpx.get(f"{hosted.address}/api/v1/deployments/{hosted.name}", timeout=30).json()
    return dict(answer["status"])


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 100_000}, "max_tokens"),
        ({"presence_penalty": 1}, "presence_penalty"),
    ],
)
def test_what_it_cannot_do_is_named(parrot: Hosted, asked: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        client_of(parrot).completions.create(model="parrot", prompt="a", **asked)
    assert wrong.value.param == param


# -- Runway's ---------------------------------------------------------------------------------------------------------


def test_runways_query_has_runways_ports(parrot: Hosted) -> None:
    at, header = f"{parrot.address}/m/parrot/v1", {"Authorization": f"Bearer {parrot.token}"}
    info = httpx.get(f"{at}/info", headers=header, timeout=120).json()
    inputs = {field["name"]: field for field in info["inputs"]}
    assert [inputs[name]["type"] for name in ("prompt", "max_characters", "top_p", "seed")] == ["text"] + ["number"] * 3
    assert {field["name"]: field["type"] for field in info["outputs"]} == {
        "generated_text": "text",
        "encountered_end": "boolean",
    }
    asked = {"prompt": "ab", "max_characters": 200, "top_p": 0.2, "seed": 1000}
    answer = httpx.post(f"{at}/query", json=asked, headers=header, timeout=120)
    assert answer.json() == {"generated_text": "abcdefg", "encountered_end": True}
    answer = httpx.post(f"{at}/query", json={"prompt": "A", "max_characters": 2, "seed": 1}, headers=header, timeout=60)
    assert answer.json() == {"generated_text": "A€😀", "encountered_end": False}
    answer = httpx.post(f"{at}/query", json={"max_characters": 0}, headers=header, timeout=60)
    assert answer.status_code == 400
    assert "max_characters" in answer.json()["error"]


async def test_runways_npm_package_wakes_it(parrot: Hosted) -> None:
    """What `gpt2-slack-bot` does: is it awake, wait, ask, and cut the prompt from the answer."""
    httpx.post(f"{parrot.address}/api/v1/deployments/parrot/sleep", timeout=60)
    ask = {"prompt": "a", "max_characters": 200, "top_p": 0.2, "seed": 7}
    asked = {
        "url": f"{parrot.address}/m/parrot.runwayml.cloud/v1",
        "token": parrot.token,
        "steps": [["isAwake"], ["waitUntilAwake", 50], ["query", ask]],
    }
    node = await asyncio.create_subprocess_exec(
        "node", str(ASK), json.dumps(asked), env=node_environment("runway"), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await node.communicate()
    told = [json.loads(line) for line in said.splitlines()]
    assert told[-1] == {"value": {"generated_text": "abcdefg", "encountered_end": True}}
