from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import PIL.Image
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gesso.app import App
from gesso.settings import Settings
from tests.conftest import SHARED_HOME
from tests.server.direct.models import add_many
from tests.server.live.client import frame, live
from tests.server.models import add_echo
from tests.server.program import Program, running
from tests.server.routers.test_files import png

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One server for all of these tests: they do not disturb each other."""
    home = tmp_path_factory.mktemp("home")
    (SHARED_HOME / "environments").mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(SHARED_HOME / "environments", target_is_directory=True)
    app = App(Settings(home=home), report=lambda _: None)
    add_many(app, home / "theirs")
    add_echo(app, home / "stranger", is_trusted=False)
    with running(home) as program:
        yield program
        assert program.stop() == (0, "done\n")


async def test_each_frame_comes_back_with_what_was_made_of_it(program: Program) -> None:
    async with live(program) as client:
        ready = await client.until_ready(command="trail", inputs={"note": "a"}, seed=5, quality=90)
        assert ready == {
            "type": "ready",
            "model": "many",
            "command": "trail",
            "frame": "picture",
            "output": "picture",
            "format": "jpeg",
            "seed": 5,
        }
        for number in (1, 2, 3):
            await client.show(frame(50 * number))
            told = await client.hear()
            assert (told["type"], told["frame"], told["dropped"]) == ("result", number, 0)
            assert told["outputs"] == {"words": "a 5", "count": number}  # the model remembers, and its chance stays
            assert told["picture"]["format"] == "jpeg"
            pixels = np.asarray(PIL.Image.open(io.BytesIO(told["data"])))
            assert abs(int(pixels[5, 5, 0]) - 50 * number) <= 2
            times = told["timings_ms"]
            assert set(times) == {"queue", "decode", "transport", "model", "encode", "total"}
            assert sum(times.values()) - times["total"] <= times["total"] + 0.1
        await client.say(inputs={"note": "b"})
        await client.show(frame())
        assert (await client.hear())["outputs"]["words"] == "b 5"
        await client.say(inputs={"note": None})  # as the model has it
        await client.show(frame())
        assert (await client.hear())["outputs"]["words"] == " 5"
    async with live(program) as client:  # another session remembers nothing
        await client.until_ready(command="trail")
        await client.show(frame())
        assert (await client.hear())["outputs"]["count"] == 1


async def test_plain_pixels_go_both_ways(program: Program) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    async with live(program) as client:
        await client.until_ready(command="invert", format="raw", width=64, height=48)
        await client.show(pixels.tobytes())
        told = await client.hear()
        assert told["picture"] == {"output": "output", "format": "raw", "width": 64, "height": 48, "channels": 3}
        assert np.array_equal(np.frombuffer(told["data"], np.uint8).reshape(48, 64, 3), 255 - pixels)
        await client.show(pixels.tobytes()[1:])
        assert (await client.hear())["where"] == "picture"


async def test_a_model_without_a_picture_tells_in_texts(program: Program) -> None:
    async with live(program) as client:
        ready = await client.until_ready(command="measure")
        assert (ready["output"], ready["format"]) == (None, None)
        for _ in range(2):
            await client.show(frame())
            told = await client.hear()
            assert (told["outputs"], told["picture"]) == ({"output": "64 x 48"}, None)


async def test_a_picture_that_stays_is_sent_once(program: Program) -> None:
    async with live(program) as client:
        ready = await client.until_ready(command="blend", frame="two", inputs={"one": {"blob": await _kept(program)}})
        assert ready["frame"] == "two"
        await client.show(frame())
        assert (await client.hear())["picture"]["width"] == 64


async def test_what_goes_wrong_with_one_frame_is_said_and_the_stream_goes_on(program: Program) -> None:
    async with live(program) as client:
        await client.until_ready(command="slow")
        await client.show(b"no picture")
        told = await client.hear()
        assert (told["type"], told["frame"], told["code"], told["where"]) == ("error", 1, "input", "picture")
        await client.show(frame(66))
        told = await client.hear()
        assert (told["frame"], told["code"]) == (2, "model")
        for said in ({"inputs": {"seconds": "long"}}, {"inputs": {"colour": 1}}, {"quality": 5}, {}):
            await client.say(**said)
            told = await client.hear()
            assert (told["type"], told["code"]) == ("error", "input")
            assert "frame" not in told
        await client.show(frame(20))
        assert (await client.hear())["outputs"]["words"] == "20"


async def test_a_worker_that_dies_is_followed_by_another(program: Program) -> None:
    async with live(program) as client:
        await client.until_ready(command="slow")
        await client.show(frame(13))
        assert (await client.hear())["code"] == "worker_died"
        await client.show(frame(20))
        assert (await client.hear())["outputs"]["words"] == "20"


async def test_the_newest_frame_wins(program: Program) -> None:
    before = await _counted(program)
    async with live(program) as client:
        await client.until_ready(command="slow", inputs={"seconds": 0.3})
        for number in range(1, 31):
            await client.show(frame(number))
        seen: list[int] = []
        told: Any = {"frame": 0}
        while told["frame"] < 30:
            told = await client.hear()
            seen.append(told["frame"])
        assert seen == sorted(seen)
        assert len(seen) + told["dropped"] == 30
        assert told["outputs"]["words"] == "30"
        assert len(seen) < 10
        after = await _counted(program)
        assert after["dropped"] - before["dropped"] == told["dropped"]
        assert after["answered"] - before["answered"] == len(seen)


REFUSED: dict[str, tuple[str, Any, int, str]] = {
    "no JSON": ("many", "{", 4422, "input"),
    "a frame first": ("many", frame(), 4422, "input"),
    "a surplus field": ("many", '{"colour": 1}', 4422, "input"),
    "a model that is not there": ("nobody", "{}", 4404, "not_found"),
    "a name that is none": ("..", "{}", 4404, "not_found"),
    "a model that nobody trusts": ("echo", "{}", 4403, "trust"),
    "a command that is not there": ("many", '{"command": "fly"}', 4404, "not_found"),
    "a command without a picture": ("many", '{"command": "repeat"}', 4422, "input"),
    "two pictures and no word which": ("many", '{"command": "blend"}', 4422, "input"),
    "an input that is missing": ("many", '{"command": "blend", "frame": "one"}', 4422, "input"),
    "the frame among the inputs": ("many", '{"inputs": {"picture": "x"}}', 4422, "input"),
    "a format that there is not": ("many", '{"format": "gif"}', 4422, "input"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_opening_that_cannot_be_is_said_and_ends_it(program: Program, case: str) -> None:
    model, first, code, problem = REFUSED[case]
    async with live(program, model) as client:
        await client.socket.send(first)
        told = await client.hear()
        assert (told["type"], told["code"]) == ("error", problem)
        with pytest.raises(ConnectionClosed) as closed:
            await client.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


async def test_who_may_not_come_in_stays_out(home: Path) -> None:
    with running(home, GESSO_NEEDS_KEY="1") as program:
        key = httpx.URL(program.link).params["key"]
        allowed = {"Authorization": f"Bearer {key}"}
        ways: list[dict[str, Any]] = [{}, {"additional_headers": allowed, "origin": "https://evil.example"}]
        for how in ways:
            with pytest.raises(InvalidStatus) as refused:
                async with live(program, **how):
                    pass
            assert refused.value.response.status_code == 403
        async with live(program, additional_headers=allowed, origin=program.address):
            pass


async def _kept(program: Program) -> str:
    async with httpx.AsyncClient(base_url=program.address) as client:
        return str((await client.post("/api/v1/files", content=png())).json()["blob"])


async def _counted(program: Program) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=program.address) as client:
        figures = (await client.get("/api/v1/metrics")).text
    counted = re.findall(r'gesso_live_frames_total\{model="many",outcome="(\w+)"\} ([\d.]+)', figures)
    return {"dropped": 0.0, "answered": 0.0} | {outcome: float(count) for outcome, count in counted}
