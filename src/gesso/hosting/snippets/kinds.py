"""All kinds of code to copy, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesso.hosting.snippets.curl import curl
from gesso.hosting.snippets.javascript import javascript
from gesso.hosting.snippets.openai import openai
from gesso.hosting.snippets.osc import osc
from gesso.hosting.snippets.p5 import p5
from gesso.hosting.snippets.processing import processing
from gesso.hosting.snippets.python import python
from gesso.hosting.snippets.replicate import replicate
from gesso.hosting.snippets.runway import runway
from gesso.hosting.snippets.target import Target


def _always(_: Target) -> bool:
    return True


def _is_of_texts(target: Target) -> bool:
    return target.text is not None and any(port.type == "text" for port in target.command.inputs)


def _fits_a_message(target: Target) -> bool:
    return set(target.files) <= set(target.pictures)  # as base64; a message of OSC holds no larger file


_IN_PAGES: Final = "Use a browser token there: it is good in your pages alone."


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of code. `language` is what highlights it, `note` what one should know, `fits` says for which it is."""

    name: str
    title: str
    language: str
    make: Callable[[Target], str]
    note: str = ""
    fits: Callable[[Target], bool] = _always
    unfit: str | None = None
    """Why there is none where it does not fit, as the end of a sentence."""


KINDS: Final = (
    Kind(name="curl", title="curl", language="sh", make=curl),
    Kind(name="python", title="Python", language="python", make=python),
    Kind(name="javascript", title="JavaScript", language="js", make=javascript, note=_IN_PAGES),
    Kind(name="p5", title="p5.js", language="js", make=p5, note=_IN_PAGES),
    Kind(
        name="processing",
        title="Processing",
        language="java",
        make=processing,
        note="A file that it sends lies in the sketch's folder data.",
    ),
    Kind(
        name="osc",
        title="OSC",
        language="python",
        make=osc,
        note="OSC is for models that run on this computer: it has no tokens. A message holds 65,507 bytes.",
        fits=_fits_a_message,
        unfit="a message of OSC holds no film, sound or other file",
    ),
    Kind(name="runway", title="Runway's client", language="js", make=runway),
    Kind(name="replicate", title="Replicate's client", language="python", make=replicate),
    Kind(
        name="openai",
        title="OpenAI's client",
        language="python",
        make=openai,
        fits=_is_of_texts,
        unfit="OpenAI's clients speak to models that take a text and give a text",
    ),
)
"""All kinds."""
