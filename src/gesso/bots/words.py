"""Words in texts of any language: whether they can be written, and whether one of a list occurs as a whole word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_HIDDEN = re.compile(
    "[\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{WORD JOINER}\N{SOFT HYPHEN}]"
)


def sound(text: str) -> str:
    """Return a text that can be written as UTF-8: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def find_word(text: str, words: Iterable[str]) -> str | None:
    """Return the first of the words that stands in a text, or None.

    Large and small letters are the same, and so are full-width and other ways to write one; signs that nobody sees do
    not hide a word. In a writing without spaces between words (Chinese, Japanese, Thai) it may stand anywhere.
    """
    plain = _plain(text)
    for word in words:
        if _pattern(word).search(plain):
            return word
    return None


def _plain(text: str) -> str:
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    plain = _plain(word).strip()
    pattern = r"\s+".join(map(re.escape, plain.split()))
    begin = r"(?<!\w)" if _is_spaced(plain[:1]) else ""
    end = r"(?!\w)" if _is_spaced(plain[-1:]) else ""
    return re.compile(f"{begin}{pattern}{end}")


def _is_spaced(letter: str) -> bool:
    """Say whether a letter belongs to a writing that sets spaces between words."""
    if not (letter.isalnum() or letter == "_"):
        return False
    name = unicodedata.name(letter, "")
    return not name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))
