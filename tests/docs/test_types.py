from __future__ import annotations

from tests.docs.types_page import PAGE, page


def test_the_page_says_what_the_types_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Write it anew: python -m tests.docs.types_page"
