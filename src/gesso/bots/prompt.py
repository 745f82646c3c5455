"""From a conversation to what the model is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gesso.bots.memory import Line, on_one_line
from gesso.bots.persona import PLACEHOLDERS, Persona

_PLACEHOLDER: Final = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


def prompt_of(persona: Persona, lines: Sequence[Line]) -> str:
    """Return the prompt for an answer to the last of the lines. What people wrote is put in as it is, and once."""
    last = lines[-1] if lines else Line("", "")
    values = {
        "conversation": "\n".join(map(str, lines)),
        "message": last.text,
        "author": last.author,
        "name": on_one_line(persona.name),
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], persona.template)
