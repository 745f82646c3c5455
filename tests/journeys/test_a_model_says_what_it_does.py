"""A model that prints, logs, streams, previews and reports progress is heard as it happens."""

from __future__ import annotations

from gesso.spec.runnable import Part, Preview, Progress
from tests.journeys.conftest import Studio, lines, run

TALKATIVE = """
class Talkative(Model):
    def setup(self, greeting: str = "hello") -> None:
        print(greeting)
        progress(0.5, "warming up")

    @command
    def tell(self, words: int) -> Iterator[str]:
        print("printed", end=" ")
        print("in one line")
        log("careful", "warning")
        subprocess.run(["echo", "from a child process"])
        for number in range(words):
            progress(number / words, f"word {number}")
            yield f"{number} "

    @command
    def sharpen(self, steps: int) -> Image:
        picture = np.zeros((200, 300, 3), np.uint8)
        for step in range(steps):
            picture = picture + 10
            preview(picture)
        return picture

    @command
    def frames(self, count: int) -> Iterator[Image]:
        for number in range(count):
            yield np.full((100, 100), number, np.uint8)
"""


async def test_prints_logs_and_progress_arrive_in_order(studio: Studio) -> None:
    model = await studio.open(TALKATIVE, greeting="good morning")
    result, events = await run(model, "tell", words=3)
    assert result.outputs == {"output": "0 1 2 "}
    assert lines(events) == ["good morning", "printed in one line"]
    assert lines(events, "warning") == ["careful"]
    assert "from a child process" in lines(events, "debug")
    told = [event for event in events if isinstance(event, Progress | Part)]
    assert told[-6:] == [
        item for number in range(3) for item in (Progress(number / 3, f"word {number}"), Part("output", f"{number} "))
    ]


async def test_previews_and_frames_arrive_as_pictures(studio: Studio) -> None:
    model = await studio.open(TALKATIVE)
    result, events = await run(model, "sharpen", steps=3)
    previews = [event.value.pixels[0, 0, 0] for event in events if isinstance(event, Preview)]
    assert previews == [10, 20, 30]
    assert result.outputs["output"].pixels.shape == (200, 300, 3)

    result, events = await run(model, "frames", count=4)
    assert [event.value.pixels[0, 0] for event in events if isinstance(event, Part)] == [0, 1, 2, 3]
    assert [frame.pixels[0, 0] for frame in result.outputs["output"]] == [0, 1, 2, 3]
