"""The one door to YAML, in which Runway and Cog have their models declared."""

from __future__ import annotations

import yaml

from gesso.errors import DeclarationError
from gesso.types.base import Json


def read_yaml(text: str, name: str) -> Json:
    """Return what a YAML file says: lists, tables, and every scalar as the text that stands there ("3.10" is no 3.1).

    `name` is the file's, for the message of the `DeclarationError` that a broken one raises. Nothing in it can make an
    object or run code.
    """
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        said = str(getattr(error, "problem", None) or error).split("\n", 1)[0]
        raise DeclarationError(
            f"{name}{where} cannot be read: {said}.", hint="Lines that belong together begin in the same column."
        ) from error
