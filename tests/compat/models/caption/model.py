"""Caption: say what is in a picture.

Its types are classes, not objects; its commands return bare values; its script is called model.py.
"""

import runway


@runway.setup
def setup():
    return {"said": 0}


@runway.command(
    "caption",
    inputs={"image": runway.image, "excited": runway.boolean},
    outputs={"caption": runway.text},
    description="Caption a picture.",
)
def caption(model, inputs):
    model["said"] += 1
    width, height = inputs["image"].size
    red, _, _ = inputs["image"].getpixel((0, 0))
    words = "%d x %d pixels, red %d" % (width, height, red)
    return words + "!" if inputs["excited"] else words


@runway.command(
    "count letters", inputs={"text": runway.text, "from": runway.number}, outputs={"how many": runway.number}
)
def count(model, inputs):
    """Count the letters, from one of them on."""
    return len(inputs["text"]) - list(range(inputs["from"])).__len__()


if __name__ == "__main__":
    runway.run(port=8000)
