"""Posterise: turn a photo into a few flat colours, like a screen print."""

from typing import Annotated

import numpy as np

from gesso import Field, Image, Model, Range, progress, seed


class Posterise(Model):
    """A model is a class that derives from `Model`."""

    def setup(self) -> None:
        """Runs once, before the first picture: here you would load weights."""
        self.rounds = 12

    # The types say what goes in and what comes out. From them come the options of the command line, the checks and the
    # messages. `Annotated[int, Range(2, 32)]` is a whole number from 2 to 32; `= 6` is what it is if nobody says.
    def run(
        self,
        photo: Annotated[Image, Field("The photo to print.")],
        colours: Annotated[int, Range(2, 32), Field("How many inks there are.")] = 6,
    ) -> Image:
        """Print the photo with a few inks that suit it."""
        # `photo.rgb` is a numpy array: rows x columns x red, green, blue, each from 0 to 255.
        # We keep 32 shades of each, so that a colour is a number below 32 x 32 x 32.
        shades = photo.rgb.astype(np.int32) // 8
        codes = shades @ [32 * 32, 32, 1]

        # Which colours are in the photo, and how often?
        amounts = np.bincount(codes.ravel(), minlength=32**3)
        found = np.flatnonzero(amounts)
        palette = np.stack([found // 1024, found // 32 % 32, found % 32], axis=1) * 8.0 + 4
        weights = amounts[found] / amounts.sum()

        # Begin with inks drawn by chance. The same seed draws the same ones: `gesso run ... --seed 7`.
        chance = np.random.default_rng(seed())
        inks = palette[chance.choice(len(found), size=min(colours, len(found)), replace=False, p=weights)]

        # Then move each ink to the middle of the colours that are nearest to it, a few times (k-means).
        for number in range(self.rounds):
            progress(number / self.rounds, "Mixing the inks")
            nearest = _nearest(palette, inks)
            for ink in range(len(inks)):
                mine = nearest == ink
                if mine.any():
                    inks[ink] = np.average(palette[mine], axis=0, weights=weights[mine])

        # A table that says for each colour with which ink it is printed; then the photo is looked up in it.
        table = np.zeros((32**3, 3), np.uint8)
        table[found] = inks[_nearest(palette, inks)]
        return Image(table[codes])


def _nearest(palette: np.ndarray, inks: np.ndarray) -> np.ndarray:
    """Return for each colour the number of the ink that is nearest to it."""
    distances = ((palette[:, None] - inks[None]) ** 2).sum(axis=2)
    nearest: np.ndarray = distances.argmin(axis=1)
    return nearest
