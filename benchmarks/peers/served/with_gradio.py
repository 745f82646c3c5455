"""The models as Gradio has them. `python -m benchmarks.peers.served.with_gradio Picture 8000`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from benchmarks.peers.served import model


def _file(coded: bytes) -> str:
    path = Path(tempfile.mkstemp(suffix=".jpg")[1])
    path.write_bytes(coded)
    return str(path)


def picture(image: str) -> str:
    """A JPEG in, a JPEG out; as files, because what Gradio codes itself it codes in a way of its own."""
    return _file(model.picture(Path(image).read_bytes()))


def frame(pixels: model.Pixels) -> str:
    """A frame of the camera in, a JPEG out."""
    return _file(model.encode(model.identity(pixels)))


def together(prompts: list[str]) -> list[list[str]]:
    """Call the model once for all; Gradio wants a list for each output."""
    return [model.reverse_all(prompts)]


def slow(seconds: float) -> Iterator[str]:
    """Be busy, and yield at every step: Gradio cancels generators."""
    for left in model.steps(seconds):
        yield f"{left:.2f}"
    yield "done"


def app(name: str) -> gr.Blocks:
    """Return the app of one of the models."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        if name == "Picture":
            image = gr.Image(type="filepath")
            image.upload(picture, image, gr.Image(), api_name="run", concurrency_limit=model.WORKERS)
        elif name == "Live":
            camera = gr.Image(type="numpy", sources="webcam", streaming=True)
            camera.stream(frame, camera, gr.Image(), time_limit=3600, stream_every=1 / 60, concurrency_limit=30)
        elif name == "Data":
            text = gr.Textbox()
            text.submit(model.reverse, text, gr.Textbox(), api_name="run", concurrency_limit=model.WORKERS)
        elif name == "Batch":
            text = gr.Textbox()
            text.submit(together, text, gr.Textbox(), batch=True, max_batch_size=model.MOST_AT_ONCE, api_name="run")
        else:
            number = gr.Number()
            number.submit(slow, number, gr.Textbox(), api_name="run", concurrency_limit=1)
    return blocks


if __name__ == "__main__":
    app(sys.argv[1]).launch(server_name="127.0.0.1", server_port=int(sys.argv[2]), quiet=True, show_error=True)
