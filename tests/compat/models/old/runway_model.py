"""Old: the habits of 2019 on the libraries of today."""

import base64
import collections
import time

import numpy as np
import runway
from PIL import Image, ImageDraw
from runway.data_types import category, image, text


@runway.setup(options={"checkpoint": category(choices=["good", "broken"])})
def setup(opts):
    if opts["checkpoint"] == "broken":
        raise IOError("there are no weights")
    return time.clock()


@runway.command("shrink", inputs={"image": image(description="Any picture.")}, outputs={"image": image})
def shrink(model, inputs):
    assert isinstance({}, collections.Mapping)
    assert base64.decodestring(b"Zm94") == b"fox"
    small = inputs["image"].resize((8, 8), Image.ANTIALIAS)
    ImageDraw.Draw(small).textsize("fox")
    pixels = np.asarray(small).astype(np.float) / 255
    return (pixels.astype(np.float) * np.int(255)).astype(np.int)


@runway.command("break", inputs={"how": text}, outputs={"text": text})
def fail(model, inputs):
    if inputs["how"] == "refuse":
        raise runway.exceptions.InvalidArgumentError("how", "not like this")
    if inputs["how"] == "nothing":
        return {}
    if inputs["how"] == "picture":
        return {"text": runway.image().serialize("no picture")}
    raise ValueError("broken on purpose")


if __name__ == "__main__":
    runway.run()
