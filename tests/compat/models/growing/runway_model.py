"""Growing: a picture that comes in steps, with progress."""

import numpy as np
import runway
from runway.data_types import image, number, text


@runway.setup(options={})
def setup(opts):
    return None


@runway.command(
    "grow", inputs={"steps": number(default=3, min=1, max=10, step=1)}, outputs={"image": image(channels=1)}
)
def grow(model, inputs):
    canvas = np.zeros((4, 6))
    for step in range(inputs["steps"]):
        canvas += 10
        yield {"image": canvas}, (step + 1) / inputs["steps"]


@runway.command("write", inputs={"prompt": text}, outputs={"text": text, "is_done": runway.boolean})
def write(model, inputs):
    return {"text": inputs["prompt"] + "...", "is_done": True}, 1.0


@runway.command("last", inputs={"prompt": text}, outputs={"text": text})
def last(model, inputs):
    yield "first"
    return "last"


runway.run()
