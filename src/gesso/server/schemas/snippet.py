"""What is answered about code to copy."""

from __future__ import annotations

from pydantic import BaseModel

from gesso.hosting.snippets.kinds import Kind
from gesso.hosting.snippets.target import Target


class SnippetShown(BaseModel):
    """Code to copy. `kind` is the client that it is for, `language` is for highlighting."""

    kind: str
    title: str
    language: str
    code: str
    note: str

    @classmethod
    def of(cls, kind: Kind, target: Target) -> SnippetShown:
        """Write the code of a kind."""
        return cls(kind=kind.name, title=kind.title, language=kind.language, code=kind.make(target), note=kind.note)


class SnippetList(BaseModel):
    """A deployment's address, and code to copy that uses it."""

    url: str
    snippets: list[SnippetShown]
