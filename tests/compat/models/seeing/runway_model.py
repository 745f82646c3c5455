"""Seeing: what is where in a picture, as arrays of numpy."""

import numpy as np
import runway
from runway.data_types import array, image, image_bounding_box, image_landmarks, image_point, segmentation

labels = {"sky": 0, "sea": 1, "dog": 5}
names = ["nose", "tail"]


@runway.command(
    "look",
    inputs={"photo": image(), "where": image_point},
    outputs={
        "what": segmentation(label_to_id=labels, label_to_color={"sea": [0, 0, 255]}, default_label="sky"),
        "boxes": array(item_type=image_bounding_box),
        "box": image_bounding_box,
        "dog": image_landmarks(2, labels=names, connections=[["nose", "tail"]]),
        "points": array(image_point),
    },
)
def look(model, inputs):
    photo = np.array(inputs["photo"])
    ids = np.zeros(photo.shape[:2], dtype=np.uint8)
    ids[:, 1:] = 5
    x, y = inputs["where"]
    return {
        "what": ids,
        "boxes": [np.array([-0.25, 0.0, 0.5, 0.5]), [0.5, 0.5, 1.0, np.float32(1.5)], [1.25, 0.0, 1.5, 1.0]],
        "box": (0.1, 0.2, 0.3, 0.4),
        "dog": np.array([[x, y], [0.75, 1.25]]),
        "points": [[x, y]],
    }


@runway.command("paint", inputs={"map": segmentation(label_to_id=labels)}, outputs={"image": image})
def paint(model, inputs):
    ids = np.array(inputs["map"])
    return np.stack([ids * 40] * 3, axis=2)


if __name__ == "__main__":
    runway.run()
