"""Texts as Slack writes them: what stands in angle brackets, and three signs that are escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_BRACKETS: Final = re.compile(r"<([@#!]?)([^<>|\s]+)(?:\|([^<>]*))?>")
_PEOPLE: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def people_in(text: str) -> list[str]:
    """Return the ids of all who are mentioned."""
    return _PEOPLE.findall(text)


def read(text: str, *, me: str, names: Mapping[str, str]) -> str:
    """Return a text as people see it, with names in the place of ids and without a mention of `me`."""

    def shown(found: re.Match[str]) -> str:
        sign, what, label = found[1], found[2], found[3]
        if sign == "@":
            return "" if what == me else f"@{names.get(what) or label or what}"
        if sign == "#":
            return f"#{label or what}"
        return f"@{what.partition('^')[0]}" if sign == "!" else label or what

    plain = _BRACKETS.sub(shown, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def write(text: str) -> str:
    """Return a text in which nothing is a command of Slack's: no `<!channel>`, no `<@U123>`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
