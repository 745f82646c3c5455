"""The original clients of Replicate, for Python and JavaScript, unmodified from their registries, against a server."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import standardwebhooks
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError

from tests.server.program import Program
from tests.server.protocols.hosted import Hosted, host_over_http, hosting, run_script
from tests.server.protocols.targets import target

pytestmark = pytest.mark.timeout(300)
HEAD = """
const Replicate = require("replicate");
const replicate = new Replicate({ auth: process.env.TOKEN, baseUrl: `${process.env.ADDRESS}/replicate/v1` });
const print = (value) => console.log(JSON.stringify(value));
(async () => {
"""
TAIL = "})().catch((error) => { console.error(error); process.exit(1); });"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server with models on its list."""
    with hosting(tmp_path_factory.mktemp("hosting")) as program:
        yield program


@pytest.fixture(scope="module")
def writer(server: Program) -> Hosted:
    """A deployment that writes."""
    return host_over_http(server, "writer")


@pytest.fixture(scope="module")
def painter(server: Program) -> Hosted:
    """A deployment that turns pictures."""
    return host_over_http(server, "painter")


@contextmanager
def client_of(hosted: Hosted) -> Iterator[Client]:
    client = Client(api_token=hosted.token, base_url=f"{hosted.address}/replicate")
    try:
        yield client
    finally:
        client._client.close()  # it has no way of its own


def script(hosted: Hosted, code: str) -> Any:
    return run_script(HEAD + code + TAIL, package="replicate", TOKEN=hosted.token, ADDRESS=hosted.address)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture."""
    PIL.Image.new("RGB", (6, 4), (10, 120, 60)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


# -- Python -----------------------------------------------------------------------------------------------------------


def test_run(writer: Hosted) -> None:
    with client_of(writer) as client:
        assert "".join(client.run("me/writer", input={"prompt": "a fox", "max_tokens": 2})) == " fox a"
        version = client.models.get("me/writer").latest_version
        assert version is not None
        pieces = client.run(f"me/writer:{version.id}", input={"prompt": "a fox", "max_tokens": 2})
        assert "".join(pieces) == " fox a"
        with pytest.raises(ModelError, match="no more words"):
            client.run("me/writer", input={"prompt": "fail"})
        with pytest.raises(ReplicateError, match="max_tokens"):
            client.run("me/writer", input={"prompt": "x", "max_tokens": 0})


def test_a_file_goes_in_and_one_comes_out(painter: Hosted, photo: Path) -> None:
    with client_of(painter) as client:
        for strategy in ("url", "base64"):
            with photo.open("rb") as file:
                made: Any = client.run("me/painter", input={"image": file}, file_encoding_strategy=strategy)
            with PIL.Image.open(io.BytesIO(made.read())) as turned:
                assert turned.size == (4, 6)


def test_predictions(writer: Hosted) -> None:
    with client_of(writer) as client:
        slow = {"prompt": "a fox", "max_tokens": 200, "wait_s": 0.05}
        made = client.models.predictions.create(model=("me", "writer"), input=slow)
        assert str(made.status) == "starting"
        while made.progress is None or made.progress.percentage == 0:
            made.reload()
            time.sleep(0.05)
        assert 0 < made.progress.percentage < 1
        made.cancel()
        assert str(made.status) == "canceled"
        assert made.id in [each.id for each in client.predictions.list()]
        assert client.predictions.get(made.id).completed_at is not None
        made = client.deployments.get("me/writer").predictions.create(input={"prompt": "x", "max_tokens": 3})
        made.wait()
        assert "".join(made.output or []) == " x x x"
        assert client.accounts.current().username == "gesso"
        assert [each.sku for each in client.hardware.list()] == ["local"]


def test_stream(writer: Hosted) -> None:
    asked = {"prompt": "a fox", "max_tokens": 3, "wait_s": 0.02}
    with client_of(writer) as client:
        events = list(client.stream("me/writer", input=asked))
    assert "".join(str(event) for event in events) == " fox a fox"
    assert events[-1].event.value == "done"


async def test_the_asynchronous_one(writer: Hosted) -> None:
    with client_of(writer) as client:
        made: Any = await client.async_run("me/writer", input={"prompt": "a fox", "max_tokens": 2})
        await client._async_client.aclose()
    assert "".join(made) == " fox a"


def test_webhooks(writer: Hosted) -> None:
    with client_of(writer) as client:
        with target() as kept:
            made = client.models.predictions.create(
                model="me/writer", input={"prompt": "a fox", "max_tokens": 3, "wait_s": 0.4}, webhook=kept.url
            )
            made.wait()
            deadline = time.monotonic() + 20
            while not kept.has("succeeded") and time.monotonic() < deadline:
                time.sleep(0.05)
        assert kept.told[0]["status"] in {"starting", "processing"}
        assert "".join(kept.told[-1]["output"]) == " fox a fox"
        assert {each["id"] for each in kept.told} == {made.id}
        assert len(kept.told) <= 6  # outputs and logs at most every half second
        secret = client.webhooks.default.secret()
        for head, body in zip(kept.heads, kept.bodies, strict=True):
            client.webhooks.validate(headers=head, body=body.decode(), secret=secret, tolerance=60)
            standardwebhooks.Webhook(writer.secret).verify(body, head)


# -- JavaScript -------------------------------------------------------------------------------------------------------


def test_run_in_javascript(writer: Hosted) -> None:
    said = script(
        writer,
        """
        const output = await replicate.run("me/writer", { input: { prompt: "a fox", max_tokens: 2 } });
        const input = { prompt: "x", max_tokens: 1 };
        const polled = await replicate.run("me/writer", { input, wait: { mode: "poll" } });
        let failed = "";
        try {
            await replicate.run("me/writer", { input: { prompt: "fail" } });
        } catch (error) { failed = error.message; }
        print({ output: output.join(""), polled: polled.join(""), failed });
        """,
    )
    assert (said["output"], said["polled"]) == (" fox a", " x")
    assert "no more words" in said["failed"]


def test_files_in_javascript(painter: Hosted, photo: Path) -> None:
    said = script(
        painter,
        f"""
        const image = await require("fs").promises.readFile({str(photo)!r});
        const sizes = [];
        for (const given of [new Blob([image]), image, `data:image/png;base64,${{image.toString("base64")}}`]) {{
            const output = await replicate.run("me/painter", {{ input: {{ image: given }} }});
            sizes.push((await output.blob()).size);
        }}
        print(sizes);
        """,
    )
    assert len(said) == 3
    assert min(said) > 50


def test_predictions_in_javascript(writer: Hosted) -> None:
    said = script(
        writer,
        """
        const input = { prompt: "a fox", max_tokens: 200, wait_s: 0.05 };
        const made = await replicate.predictions.create({ model: "me/writer", input });
        const canceled = await replicate.predictions.cancel(made.id);
        const found = await replicate.predictions.get(made.id);
        const { results } = await replicate.predictions.list();
        const version = (await replicate.models.get("me", "writer")).latest_version.id;
        const quick = { prompt: "a fox", max_tokens: 3 };
        let text = "", last = "";
        for await (const { event, data } of replicate.stream("me/writer", { input: quick })) {
            if (event === "output") text += data;
            last = event;
        }
        const pinned = await replicate.run(`me/writer:${version}`, { input: quick });
        print({ status: canceled.status, same: found.id === made.id, text, last, pinned: pinned.join(""),
                listed: results.some((each) => each.id === made.id) });
        """,
    )
    assert said == {
        "status": "canceled",
        "same": True,
        "listed": True,
        "text": " fox a fox",
        "last": "done",
        "pinned": " fox a fox",
    }


def test_webhooks_in_javascript(writer: Hosted) -> None:
    with target() as kept:
        script(
            writer,
            f"""
            const input = {{ prompt: "a fox", max_tokens: 1 }};
            const made = await replicate.predictions.create({{
                model: "me/writer", input, webhook: {kept.url!r}, webhook_events_filter: ["completed"],
            }});
            await replicate.wait(made, {{ interval: 50 }});
            print(null);
            """,
        )
        deadline = time.monotonic() + 20
        while not kept.bodies and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [each["status"] for each in kept.told] == ["succeeded"]
    head = kept.heads[0]
    said = script(
        writer,
        f"""
        const {{ validateWebhook }} = require("replicate");
        const {{ key }} = await replicate.webhooks.default.secret.get();
        const headers = {head!r};
        print([
            await validateWebhook({{ headers, body: {kept.bodies[0].decode()!r} }}, key),
            await validateWebhook({{ headers, body: "{{}}" }}, key),
        ]);
        """,
    )
    assert said == [True, False]
