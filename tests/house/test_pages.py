"""The pages tell the truth: their links lead somewhere, and the files that they name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, SRC, shown

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [link for link in links if link and ":" not in link and not (page.parent / link).exists()]
    assert not broken


def test_the_table_of_lines_names_files_that_are_there() -> None:
    """A row of ARCHITECTURE.md's table whose file is not there says "later"."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.partition("## Where does this line go?")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|[^|]+\|(?P<places>[^|]*`[^|]*)\|$", table, flags=re.MULTILINE)
    assert rows
    for row in rows:
        places = [SRC / place for place in re.findall(r"`([^`<>]+)`", row)]
        is_there = all(place.exists() for place in places)
        assert is_there != ("later" in row), (
            f"ARCHITECTURE.md says |{row}|, but that is {'there' if is_there else 'not there'}."
        )
