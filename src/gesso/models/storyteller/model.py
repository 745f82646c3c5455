"""Storyteller: goes on with a text as the old books would that it has read.

It is what Gesso's text trainer makes, of about 150 books in the public domain (`README.md`), and speaks as every model
that is trained with it does. `weights/` is a Hugging Face folder in 16 bits; the form that is run is made of it once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesso.trainers.text.fast_form import fast_form
from gesso.trainers.text.speaker.model import Speaker

WEIGHTS: Final = Path(__file__).parent / "weights"
"""Where the model lies."""
PARAGRAPH: Final = ("Ċ", "Ċ")
"""The tokens after which it begins a text of its own. After the end of a book would come the title page of another."""


class Storyteller(Speaker):
    """Goes on with a text as the old books would that it has read."""

    def setup(self) -> None:
        """Load the weights, in the form that is run."""
        self.load(WEIGHTS, fast_form(WEIGHTS, self.cache_folder), begins_after=PARAGRAPH)
