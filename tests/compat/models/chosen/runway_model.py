"""Chosen: everything in its setup is an option."""

import os

import numpy as np
import runway
from runway.data_types import any as anything
from runway.data_types import array, category, directory, file, number, text, vector

options = {
    "words": file(extension=".txt", default="words.txt", description="One word a line."),
    "size": category(choices=[64, 128, 256], default=128, description="How large."),
    "folder": directory(),
    "greeting": array(item_type=text),
}


@runway.setup(options=options)
def setup(opts):
    with open(opts["words"]) as words:
        opts["words"] = words.read().split()
    opts["folder"] = sorted(os.listdir(opts["folder"])) if opts["folder"] else []
    return opts


@runway.command(
    "sample",
    inputs={
        "z": vector(length=4, sampling_std=0.5),
        "mode": category(choices=["sum", "mean"]),
        "seed": number(min=0, max=1000),
        "more": anything,
    },
    outputs={"z": vector(length=4), "value": number, "about": anything},
)
def sample(model, inputs):
    assert isinstance(inputs["z"], np.ndarray) and inputs["z"].dtype == np.float64
    value = inputs["z"].sum() if inputs["mode"] == "sum" else inputs["z"].mean()
    about = {
        "words": model["words"],
        "size": model["size"],
        "folder": model["folder"],
        "greeting": model["greeting"],
        "seed": inputs["seed"],
        "more": inputs["more"],
    }
    return {"z": inputs["z"] * 2, "value": np.float32(value), "about": about}


if __name__ == "__main__":
    runway.run(model_options={"greeting": ["good", "morning"]})
