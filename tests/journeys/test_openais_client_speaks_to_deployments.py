"""The original client of OpenAI, unmodified from its registry, against a server."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from tests.server.program import Program
from tests.server.protocols.hosted import Hosted, host_over_http, hosting

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server with models on its list."""
    with hosting(tmp_path_factory.mktemp("hosting")) as program:
        yield program


@pytest.fixture(scope="module")
def writer(server: Program) -> Hosted:
    """A deployment that writes."""
    return host_over_http(server, "writer")


@pytest.fixture
def client(writer: Hosted) -> openai.OpenAI:
    """The client, as somebody would make it."""
    return openai.OpenAI(base_url=f"{writer.address}/openai/v1", api_key=writer.token)


def test_completions(client: openai.OpenAI) -> None:
    made = client.completions.create(model="writer", prompt="a fox runs", max_tokens=4, temperature=0.5, seed=7)
    assert made.choices[0].text == " runs fox a runs"
    assert made.choices[0].finish_reason == "length"
    assert made.usage is not None
    assert made.usage.total_tokens == 7


def test_completions_stream(client: openai.OpenAI) -> None:
    stream = client.completions.create(model="writer", prompt="a fox", max_tokens=3, stream=True)
    pieces = [chunk.choices[0].text for chunk in stream]
    assert "".join(pieces) == " fox a fox"
    assert len([piece for piece in pieces if piece]) == 3


def test_chat(client: openai.OpenAI) -> None:
    made = client.chat.completions.create(
        model="writer", messages=[{"role": "user", "content": "say hello"}], max_tokens=2
    )
    assert made.choices[0].message.content == "Assistant: hello"
    stream = client.chat.completions.create(
        model="writer",
        messages=[{"role": "system", "content": "be kind"}, {"role": "user", "content": "say hello"}],
        max_tokens=2,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == " Assistant: hello"
    assert chunks[-1].usage is not None


def test_models(client: openai.OpenAI, writer: Hosted) -> None:
    assert [model.id for model in client.models.list()] == ["writer"]
    assert client.models.retrieve("writer").owned_by == "gesso"
    bare = openai.OpenAI(base_url=f"{writer.address}/v1", api_key=writer.token)
    assert "writer" in [model.id for model in bare.models.list()]
    own = openai.OpenAI(base_url=f"{writer.address}/m/writer/v1", api_key=writer.token)
    assert own.completions.create(model="anything", prompt="x", max_tokens=1).choices[0].text == " x"


def test_refusals_are_the_clients_own_errors(client: openai.OpenAI, writer: Hosted) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        client.completions.create(model="writer", prompt="x", top_p=0.5)
    assert wrong.value.param == "top_p"
    with pytest.raises(openai.NotFoundError):
        client.completions.create(model="nobody", prompt="x")
    with pytest.raises(openai.UnprocessableEntityError, match="no more words"):
        client.completions.create(model="writer", prompt="fail")
    with pytest.raises(openai.APIError, match="no more words"):
        list(client.completions.create(model="writer", prompt="well fail", stream=True))
    stranger = openai.OpenAI(base_url=f"{writer.address}/openai/v1", api_key="gesso_wrong")
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


async def test_the_asynchronous_one(writer: Hosted) -> None:
    async with openai.AsyncOpenAI(base_url=f"{writer.address}/openai/v1", api_key=writer.token) as client:
        stream = await client.completions.create(model="writer", prompt="a fox", max_tokens=2, stream=True)
        assert "".join([chunk.choices[0].text async for chunk in stream]) == " fox a"
