"""The client for JavaScript in a real browser, in a page of another origin, with a browser token."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.conftest import Hosted, Site
from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(300)

Scripted = Callable[[str], Any]
CANVAS = """
    const canvas = document.createElement("canvas");
    canvas.width = 40; canvas.height = 20;
    const context = canvas.getContext("2d");
    context.fillStyle = "rgb(255, 0, 0)";
    context.fillRect(0, 0, 40, 20);
"""


def model(hosted: Hosted, site: Site, name: str) -> str:
    return f'const model = new gesso.Model("{hosted.url(name)}", {{ token: "{hosted.token(name, site.origin)}" }});'


def test_node_tests_pass() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node, which runs the client's own tests")
    tests = str(ROOT / "clients" / "javascript" / "tests" / "model.test.mjs")
    done = subprocess.run([node, "--test", tests], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout


def test_a_canvas_goes_there_and_a_picture_comes_back(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    size, pixel, brightness = scripted(f"""
        {model(hosted, site, "invert")} {CANVAS}
        const result = await model.run({{ image: canvas, strength: 1 }});
        const made = await result.image("picture");
        context.drawImage(made, 0, 0);
        return [[made.width, made.height], [...context.getImageData(5, 5, 1, 1).data], result.outputs.brightness];
    """)
    assert size == [40, 20]
    assert pixel == [0, 255, 255, 255]
    assert brightness == 85


@pytest.mark.parametrize(
    "source",
    [
        "canvas",
        "await createImageBitmap(canvas)",
        "context.getImageData(0, 0, 40, 20)",
        "await gesso.image(canvas.toDataURL())",
        "canvas.toDataURL()",
        "await gesso.picture(canvas)",
        "{ canvas }",  # as p5.Image carries it
        "{ elt: canvas }",  # as p5.Graphics and p5.MediaElement do
    ],
)
def test_whatever_has_pixels_is_a_picture(scripted: Scripted, hosted: Hosted, site: Site, source: str) -> None:
    made = scripted(f"""
        {model(hosted, site, "invert")} {CANVAS}
        return (await model.run({{ image: {source} }})).outputs.brightness;
    """)
    assert made == 85


def test_a_text_comes_in_pieces(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    pieces, whole = scripted(f"""
        {model(hosted, site, "tell")}
        const pieces = [];
        const result = await model.stream({{ prompt: "fox", words: 3 }}, (piece) => pieces.push(piece));
        return [pieces, result.value];
    """)
    assert "".join(pieces) == whole == "fox 0 1 2"
    assert len(pieces) == 4


def test_info_status_and_waking(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    info, states = scripted(f"""
        {model(hosted, site, "echo")}
        const heard = [(await model.status()).state];
        await model.wake((status) => heard.push(status.state));
        return [await model.info(), heard];
    """)
    assert info["inputs"][0]["name"] == "prompt"
    assert states[-1] == "awake"


def test_what_goes_wrong_is_told_in_words(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    failed = scripted(f"""
        {model(hosted, site, "fail")}
        return new Promise((resolve) => model.run({{}}, (error, result) =>
          resolve([error.code, error.message, error.status, result])));
    """)
    assert failed == ["model", "The model failed: ValueError: no rhyme.", 422, None]
    wrong = scripted(f"""
        {model(hosted, site, "echo")}
        model.token = "gessob_wrong";
        return model.run({{ prompt: "x" }}).catch((error) => [error.code, error.status]);
    """)
    assert wrong == ["access", 401]


def test_a_token_of_another_page_is_good_for_nothing(scripted: Scripted, hosted: Hosted) -> None:
    foreign = hosted.token("mix", "https://editor.p5js.org")
    code = scripted(f"""
        const model = new gesso.Model("{hosted.url("mix")}", {{ token: "{foreign}" }});
        return model.status().catch((error) => error.code);
    """)
    assert code == "network"  # the browser itself says no more than that it may not


LIVE = """
    const frames = [], errors = [], rest = () => new Promise((done) => setTimeout(done, 20));
    const live = model.live(OPTIONS, (error, frame) => error ? errors.push(error.message) : frames.push(frame));
    const end = Date.now() + 30000;
    while (frames.length < COUNT && !errors.length && Date.now() < end) await rest();
"""


def live(options: str, *, count: int) -> str:
    return LIVE.replace("OPTIONS", options).replace("COUNT", str(count))


def test_the_camera_is_worked_on_frame_by_frame(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    errors, sizes, numbers = scripted(f"""
        {model(hosted, site, "invert")}
        const video = await gesso.camera({{ width: 320, height: 240 }});
        {live("{ source: video, size: 160, frame: 'image', format: 'png' }", count=5)}
        live.close();
        const count = frames.length;
        await new Promise((done) => setTimeout(done, 300));
        return [errors, frames.map((frame) => frame.picture.width), [count, frames.length]];
    """)
    assert errors == []
    assert set(sizes) == {160}
    assert numbers[0] == numbers[1] >= 5  # after the end nothing comes


def test_inputs_change_while_it_runs(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    first, last = scripted(f"""
        {model(hosted, site, "invert")} {CANVAS}
        const at = (picture) => {{
          context.drawImage(picture, 0, 0);
          return [...context.getImageData(5, 5, 1, 1).data];
        }};
        const shown = document.createElement("canvas");
        shown.width = 40; shown.height = 20;
        shown.getContext("2d").fillRect(0, 0, 40, 20);
        {live("{ source: shown, inputs: { strength: 0 }, format: 'png' }", count=2)}
        const first = at(frames[0].picture);
        await live.change({{ strength: 1 }});
        const before = frames.length;
        while (frames.length < before + 4) await new Promise((done) => setTimeout(done, 20));
        live.close();
        return [first, at(frames[frames.length - 1].picture)];
    """)
    assert first[0] < 30
    assert last[0] > 225


def test_the_newest_frame_wins_and_few_are_under_way(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    under_way, answered = scripted(f"""
        {model(hosted, site, "invert")} {CANVAS}
        const frames = [];
        const live = model.live((error, frame) => frames.push(frame));
        while (!live.isReady) await new Promise((done) => setTimeout(done, 10));
        let most = 0;
        for (let number = 0; number < 50; number += 1) {{
          await live.send(canvas);
          most = Math.max(most, live._sent - live._answered);
        }}
        while (frames.length < live._sent || live._next) await new Promise((done) => setTimeout(done, 10));
        live.close();
        return [most, frames.length];
    """)
    assert under_way <= 2
    assert 1 <= answered <= 50


def test_a_live_connection_that_may_not_says_why(scripted: Scripted, hosted: Hosted, site: Site) -> None:
    told = scripted(f"""
        {model(hosted, site, "invert")}
        model.token = "gessob_wrong";
        return new Promise((resolve) => model.live((error) => resolve([error.code, error.message])));
    """)
    assert told == ["access", "This is no token of invert."]
    ended = scripted(f"""
        {model(hosted, site, "echo")}
        return new Promise((resolve) => model.live((error) => resolve(error.code)));
    """)
    assert ended  # it takes no picture


def test_a_module_is_the_same(page: Any, hosted: Hosted, site: Site) -> None:
    token = hosted.token("echo", site.origin)
    page.goto(site.write("module.html", f"""
        <script type="module">
          import gesso, {{ Model }} from "{hosted.program.address}/gesso.mjs";
          const model = new Model("{hosted.url("echo")}", {{ token: "{token}" }});
          document.title = (await model.run({{ prompt: "fox" }})).value;
        </script>
    """))  # fmt: skip
    page.wait_for_function("document.title === 'FOX'")
