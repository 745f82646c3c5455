"""Old names work again, in a process of its own, and each says what it means today."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

HEAD = """
import json, warnings
import gesso.compat.habits as habits
habits.help_old_habits()
habits.help_old_habits()
import base64, collections, fractions, inspect, time
import numpy as np
from PIL import Image, ImageDraw, ImageFont
warnings.simplefilter("always")
def value():
    return %s
with warnings.catch_warnings(record=True) as said:
    found = value()
print(json.dumps([found, [str(one.message) for one in said]]))
"""


def run(expression: str) -> tuple[Any, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", HEAD % expression], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found, said = json.loads(done.stdout)
    return found, said


@pytest.mark.parametrize(
    ("expression", "found", "said"),
    [
        ("np.float(1)", 1.0, "numpy.float is no longer there; float is meant, and taken."),
        ("np.int(1.5)", 1, "numpy.int"),
        ("np.zeros(2, np.int).dtype.kind", "i", "numpy.int"),
        ("Image.ANTIALIAS == Image.LANCZOS", True, "PIL.Image.ANTIALIAS"),
        ("base64.decodestring(b'Zm94').decode()", "fox", "base64.decodestring"),
        ("isinstance([], collections.Sequence)", True, "collections.Sequence"),
        ("fractions.gcd(6, 4)", 2, "fractions.gcd"),
        ("time.clock() >= 0", True, "time.clock"),
        ("inspect.getargspec(lambda a, *b: 0)[:2]", [["a"], "b"], "inspect.getargspec"),
    ],
)
def test_an_old_name_works_and_warns(expression: str, found: Any, said: str) -> None:
    got, warned = run(expression)
    assert got == found
    assert any(said in line for line in warned)


def test_a_text_has_a_size_again() -> None:
    (width, height), _ = run("ImageDraw.Draw(Image.new('L', (9, 9))).textsize('fox')")
    assert width > height > 0
    (width, height), _ = run("ImageFont.load_default(20).getsize('fox')")
    assert width > height > 0


@pytest.mark.parametrize("expression", ["np.no_such_name", "base64.no_such_name", "Image.no_such_name"])
def test_what_was_never_there_is_still_missing(expression: str) -> None:
    module, name = expression.split(".")
    found, said = run(f"[hasattr({module}, {name!r})]")
    assert (found, said) == ([False], [])


def test_what_is_there_today_is_left_alone() -> None:
    assert run("[np.prod([2, 3]).item(), np.bool_(True).item(), base64.b64decode('Zm94').decode()]") == (
        [6, True, "fox"],
        [],
    )


def test_no_other_process_is_touched() -> None:
    assert not hasattr(np, "float")
