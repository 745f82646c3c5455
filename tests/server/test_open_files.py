from __future__ import annotations

import subprocess
import sys

import pytest

from gesso.server.open_files import ENOUGH, raise_limit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")

CODE = """
import resource, sys
from gesso.server.open_files import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, tuple(map(int, sys.argv[1:])))
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "then"), [(256, 1024, 1024), (256, 5000, ENOUGH), (4500, 5000, 4500)])
def test_few_become_as_many_as_are_enough_and_allowed(soft: int, hard: int, *, then: int) -> None:
    words = [sys.executable, "-c", CODE, str(soft), str(hard)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(then), str(then), str(hard)]


def test_it_says_how_many_there_are() -> None:
    assert raise_limit() >= 256
