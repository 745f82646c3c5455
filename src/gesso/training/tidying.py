"""What a text is relieved of before anybody learns from it: what stands there twice, and space that says nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from gesso.training.documents import Document, Gathered

_SHORTEST: Final = 100  # characters of a paragraph: a refrain, or a name before each line of a play, may come again
_PARAGRAPH_END: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_TRAILING: Final = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)
_EMPTY_LINES: Final = re.compile(r"\n{4,}")


def tidy(gathered: Gathered) -> list[Document]:
    """Return the documents without those that are there twice, and without paragraphs that are; counts what went."""
    return list(_without_paragraphs(_without_documents(map(_trimmed, gathered.documents), gathered), gathered))


def key_of(text: str) -> bytes:
    """Return what two texts have in common that differ in space and capitals alone."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).digest()


def _trimmed(document: Document) -> Document:
    text = _EMPTY_LINES.sub("\n\n\n", _TRAILING.sub("", document.text)).strip("\n")
    return Document(text, document.source)


def _without_documents(documents: Iterable[Document], gathered: Gathered) -> Iterator[Document]:
    seen: set[bytes] = set()
    for document in documents:
        key = key_of(document.text)
        if key in seen:
            gathered.leave_out("documents that are there twice")
        else:
            seen.add(key)
            yield document


def _without_paragraphs(documents: Iterable[Document], gathered: Gathered) -> Iterator[Document]:
    seen: set[bytes] = set()
    for document in documents:
        parts, is_changed = [], False
        for part in _PARAGRAPH_END.split(document.text):
            key = key_of(part) if len(part) >= _SHORTEST else None
            if key is not None and key in seen:
                gathered.leave_out("paragraphs that are there twice")
                is_changed = True
                continue
            if key is not None:
                seen.add(key)
            parts.append(part)
        if not is_changed:
            yield document
        elif any(part.strip() for part in parts):
            yield Document("\n\n".join(parts), document.source)
