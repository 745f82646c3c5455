"""The owner takes a token back while a text is being written for it: the stream ends, in each protocol's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.server.program import Program
from tests.server.protocols.hosted import host_over_http, hosting

pytestmark = pytest.mark.timeout(300)
LONG = {"prompt": "on and on", "max_tokens": 1000, "wait_s": 0.05}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server with models on its list."""
    with hosting(tmp_path_factory.mktemp("hosting")) as program:
        yield program


def take_back(server: Program, name: str) -> None:
    api = f"{server.address}/api/v1/deployments/{name}/tokens"
    for token in httpx.get(api).json()["tokens"]:
        httpx.delete(f"{api}/{token['id']}")


def read(server: Program, name: str, *, response: httpx.Response) -> list[str]:
    """Read a stream, take the token back after a few lines of it, and return what comes after that."""
    read_so_far, after = 0, []
    for read_so_far, line in enumerate(response.iter_lines()):
        after += [line] if read_so_far > 20 and line else []
        if read_so_far == 20:
            take_back(server, name)
    assert read_so_far > 20
    return after


def test_openais_stream_ends_with_an_error(server: Program) -> None:
    writer = host_over_http(server, "writer", name="one")
    headers = {"Authorization": f"Bearer {writer.token}"}
    asked = {"model": "one", "stream": True, **LONG}
    with httpx.stream("POST", f"{server.address}/v1/completions", json=asked, headers=headers, timeout=60) as response:
        after = read(server, "one", response=response)
    assert len(after) < 200
    last = json.loads(after[-1].removeprefix("data: "))
    assert last["error"]["code"] == "invalid_api_key"
    assert "taken back" in last["error"]["message"]
    again = httpx.post(f"{server.address}/v1/completions", json=asked, headers=headers)
    assert again.status_code == 401


def test_replicates_stream_ends_as_canceled_and_nothing_opens_any_more(server: Program) -> None:
    writer = host_over_http(server, "writer", name="two")
    headers = {"Authorization": f"Bearer {writer.token}"}
    path = f"{server.address}/replicate/v1/models/me/two/predictions"
    made = httpx.post(path, json={"input": LONG}, headers=headers, timeout=60).json()
    with httpx.stream("GET", made["urls"]["stream"], timeout=60) as response:
        after = read(server, "two", response=response)
    assert (after[-3], after[-1]) == ("event: done", 'data: {"reason": "canceled"}')
    assert httpx.get(made["urls"]["stream"]).status_code == 401
    assert httpx.get(made["urls"]["get"], headers=headers).status_code == 401
    status = httpx.get(f"{server.address}/api/v1/deployments/two").json()["status"]
    assert status["busy"] == 0


def test_cogs_events_end(server: Program) -> None:
    writer = host_over_http(server, "writer", name="three")
    headers = {"Authorization": f"Bearer {writer.token}", "Accept": "text/event-stream"}
    asked = {"input": LONG}
    path = f"{server.address}/m/three/predictions"
    with httpx.stream("POST", path, json=asked, headers=headers, timeout=60) as response:
        after = read(server, "three", response=response)
    last = json.loads(after[-1].removeprefix("data: "))
    assert last["status"] == "canceled"
    assert "taken back" in last["error"]
