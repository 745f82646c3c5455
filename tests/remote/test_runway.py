"""A Runway model that somebody has started is run over its HTTP as if it ran here."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.serving import make_server

from gesso.cli.commands import invoke
from gesso.compat.kinds import SHIMS
from gesso.errors import DeclarationError, FetchError, InputError, ModelError, NotFoundError, SetupError
from gesso.remote.runway import RunwayServer, RunwayServerModel, read_spec
from gesso.spec.runnable import Request, Result
from gesso.types.image import Image
from gesso.types.points import Point

if str(SHIMS) not in sys.path:
    sys.path.append(str(SHIMS))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a model of Runway's SDK serves itself."""
    from runway.data_types import category, image, image_point, number, text
    from runway.model import RunwayModel

    rw = RunwayModel()

    @rw.setup(options={"mood": category(choices=["calm", "wild", "broken"])})
    def setup(options: dict[str, Any]) -> str:
        if options["mood"] == "broken":
            raise ValueError("no weights")
        return str(options["mood"])

    @rw.command("draw", inputs={"image": image(), "count": number(default=2, min=1, max=9, step=1)},
                outputs={"image": image(), "where": image_point, "mood": text}, description="Draw it.")  # fmt: skip
    def draw(model: str, inputs: dict[str, Any]) -> dict[str, Any]:
        pixels = np.array(inputs["image"]) + len(range(inputs["count"]))
        return {"image": pixels, "where": [0.5, 1.25], "mood": model}

    @rw.command("fail", inputs={"how": text}, outputs={"text": text})
    def fail(model: str, inputs: dict[str, Any]) -> str:
        if inputs["how"] == "sleep":
            time.sleep(1)
        raise ValueError("broken on purpose")

    rw.setup_model({})
    server = make_server("127.0.0.1", 0, rw.app, threaded=True)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def opened(address: str, **options: Any) -> RunwayServerModel:
    server = RunwayServer.at(address)
    spec = await read_spec(server, name="friend", title="Friend")
    return RunwayServerModel(server=server, spec=spec, options=options)


async def run(model: RunwayServerModel, command: str | None = None, **inputs: Any) -> Result:
    events = [event async for event in model.run(Request(inputs=inputs, command=command, seed=3))]
    assert isinstance(events[-1], Result)
    return events[-1]


PICTURE = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


async def test_it_says_what_it_is(address: str) -> None:
    spec = (await opened(address)).spec
    assert (spec.name, spec.title, spec.description) == ("friend", "Friend", "Draw it.")
    assert [command.name for command in spec.commands] == ["draw", "fail"]
    assert [(option.name, option.is_required) for option in spec.options] == [("mood", False)]


async def test_values_go_and_come_as_they_are(address: str) -> None:
    model = await opened(address, mood="calm")
    result = await run(model, image=Image(PICTURE), count=3)
    assert np.array_equal(result.outputs["image"].pixels, PICTURE + 3)  # as PNG: nothing is lost
    assert result.outputs["where"] == [Point(0.5, 1.0)]
    assert (result.seed, result.versions) == (3, {"runway-model-sdk": "0.6.1"})
    assert np.array_equal((await run(model, image=PICTURE)).outputs["image"].pixels, PICTURE + 2)  # its own default


async def test_options_set_it_up_anew_once(address: str) -> None:
    assert (await run(await opened(address, mood="wild"), image=PICTURE)).outputs["mood"] == "wild"
    assert (await run(await opened(address), image=PICTURE)).outputs["mood"] == "wild"
    with pytest.raises(SetupError, match=r"Error during setup: ValueError\('no weights'\)") as raised:
        await run(await opened(address, mood="broken"), image=PICTURE)
    assert "no weights" in raised.value.detail
    with pytest.raises(InputError, match="mood"):
        await run(await opened(address, mood="sad"), image=PICTURE)


async def test_what_is_wrong_is_said_before_it_is_sent(address: str) -> None:
    model = await opened(address)
    with pytest.raises(InputError, match="count"):
        await run(model, image=PICTURE, count=99)
    with pytest.raises(NotFoundError):
        await run(model, "dance")


async def test_a_failure_has_the_words_and_lines_of_the_other_side(address: str) -> None:
    with pytest.raises(ModelError, match=r"Friend failed: Error during inference: ValueError") as raised:
        await run(await opened(address), "fail", how="now")
    assert "broken on purpose" in raised.value.detail


async def test_several_run_one_after_the_other(address: str) -> None:
    model = await opened(address, mood="calm")
    requests = [Request(inputs={"image": PICTURE, "count": count}) for count in (1, 99, 2)]
    first, second, third = await model.run_batch(requests, lambda _: None)
    assert isinstance(first, Result)
    assert isinstance(second, InputError)
    assert isinstance(third, Result)


async def test_who_cancels_does_not_wait_for_the_answer(address: str) -> None:
    model = await opened(address)
    task = asyncio.create_task(run(model, "fail", how="sleep"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_gesso_run_asks_it(
    address: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    import PIL.Image

    PIL.Image.fromarray(PICTURE).save("in.png")
    reference = f"runway+{address}".replace("127.0.0.1", "localhost")
    assert invoke(["run", reference, "-i", "image=@in.png", "-o", "image=out.png", "--option", "mood=calm"]) == 0
    with PIL.Image.open("out.png") as made:
        assert np.array_equal(np.asarray(made), PICTURE + 2)
    assert invoke(["run", f"{reference}:fail", "-i", "how=now"]) != 0
    assert "broken on purpose" in capfd.readouterr().err
    assert invoke(["add", reference, "--name", "friend"]) == 0
    assert invoke(["show", "friend"]) == 0
    assert f"runway+{address}" in capfd.readouterr().out
    assert invoke(["run", "friend", "-i", "image=@in.png", "--json", "--here"]) == 0
    assert json.loads(capfd.readouterr().out)["mood"] == "calm"
    assert invoke(["doctor", "friend"]) != 0
    assert "serves itself" in capfd.readouterr().err


# -- others -----------------------------------------------------------------------------------------------------------


@contextmanager
def answering(answers: dict[str, tuple[int, str]]) -> Iterator[RunwayServer]:
    """Serve these answers by method and path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = answers.get(f"{self.command} {self.path}", (404, "nothing"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - what http.server asks for

        def log_message(self, *words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield RunwayServer.at(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


COMMAND = {
    "name": "say",
    "description": None,
    "inputs": [{"name": "a", "type": "text", "default": ""}],
    "outputs": [{"name": "b", "type": "number", "default": 0}],
}
META = json.dumps({"options": [], "commands": [COMMAND]})


async def test_an_older_one_says_it_at_the_root() -> None:
    with answering({"GET /": (200, META)}) as server:
        assert (await read_spec(server, name="a", title="A")).commands[0].name == "say"


@pytest.mark.parametrize("body", ["no json", "[]", "{}", '{"commands": 3}'])
async def test_what_is_no_runway_model_is_said(body: str) -> None:
    with answering({"GET /meta": (200, body)}) as server:
        with pytest.raises(FetchError, match="is no Runway model"):
            await read_spec(server, name="a", title="A")


@pytest.mark.parametrize("body", ['{"commands": []}', '{"commands": [3]}', '{"commands": [{"name": "a"}]}'])
async def test_a_declaration_that_makes_no_sense_is_refused(body: str) -> None:
    with answering({"GET /meta": (200, body)}) as server:
        with pytest.raises(DeclarationError):
            await read_spec(server, name="a", title="A")


async def test_nobody_there_is_said_with_what_to_do() -> None:
    with answering({}) as server:
        pass
    with pytest.raises(FetchError, match="does not answer") as raised:
        await server.meta()
    assert "python runway_model.py" in raised.value.hint


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, '{"error": "Internal server error."}', "A failed: Internal server error."),
        (502, "<html>", "A failed: it answered 502"),
        (200, "{}", "A gave no output 'b'."),
        (200, "[1]", "A gave no output 'b'."),
        (200, '{"b": "many"}', "The output 'b' should be a number"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_the_models_failure(status: int, body: str, words: str) -> None:
    with answering({"GET /meta": (200, META), "POST /say": (status, body)}) as server:
        spec = await read_spec(server, name="a", title="A")
        with pytest.raises(ModelError) as raised:
            await run(RunwayServerModel(server=server, spec=spec), a="x")
    assert raised.value.message.startswith(words)


async def test_another_model_at_the_same_port_is_noticed() -> None:
    with answering({"GET /meta": (200, META)}) as server:
        spec = await read_spec(server, name="a", title="A")
    other = META.replace('"a"', '"another"')
    with answering({"GET /meta": (200, other)}) as server:
        with pytest.raises(NotFoundError, match="as it was"):
            await run(RunwayServerModel(server=server, spec=spec), a="x")
