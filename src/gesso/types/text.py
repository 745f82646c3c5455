"""Text: what a person writes."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from gesso.errors import DeclarationError
from gesso.types.base import DataType, Json
from gesso.types.given import between, describe, describe_bytes, size
from gesso.types.source import Refuse

_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE: Final = "a fox in the snow, painted in gouache"


@dataclass(frozen=True, kw_only=True)
class TextType(DataType[str]):
    """Lengths are in characters and include both ends. `multiline` asks the studio for a large field."""

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "a text"
    widget: ClassVar[str] = "text"
    reads: ClassVar[tuple[str, ...]] = (".txt", ".md")
    writes: ClassVar[tuple[str, ...]] = (".txt", ".md")

    min_length: int = 0
    max_length: int = 1_000_000
    multiline: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.min_length <= self.max_length:
            raise DeclarationError(f"A text cannot have from {self.min_length} to {self.max_length} characters.")

    @classmethod
    def claims(cls, annotation: object) -> Mapping[str, Json] | None:
        """Claim `str`."""
        return {} if annotation is str else None

    def schema(self) -> dict[str, Json]:
        """Return a string with its lengths."""
        return {"type": "string", "minLength": self.min_length, "maxLength": self.max_length}

    @property
    def expected(self) -> str:
        """Say the lengths: "a text of at most 80 characters"."""
        count = between(self.min_length, self.max_length, default=TextType.max_length)
        return f"a text of {count}characters" if count else "a text"

    def sample(self) -> str:
        """Return a short description of a picture, repeated or cut to the lengths."""
        return (_SAMPLE * (self.min_length // len(_SAMPLE) + 1))[
            : max(self.min_length, min(len(_SAMPLE), self.max_length))
        ]

    def coerce(self, value: object) -> str:
        """Take a text as it is; a number is none, and broken characters are refused."""
        if not isinstance(value, str):
            hint = "Put it in quotes." if isinstance(value, int | float) and not isinstance(value, bool) else ""
            raise self.refuse(describe(value), hint)
        if not self.min_length <= len(value) <= self.max_length:
            hint = f"It may have {self.min_length} to {self.max_length} characters."
            raise self.refuse(f"one of {len(value)} characters" if value else "an empty text", hint)
        return legible(value, self.refuse)

    def parse(self, text: str) -> str:
        """Take what was typed as it is: `6` and `{}` are texts too."""
        return self.coerce(text)

    def decode(self, data: bytes) -> str:
        """Read UTF-8, or UTF-16 with a byte order mark; Windows line ends become plain ones."""
        encoding = "UTF-16" if data.startswith(_WIDE_MARKS) else "UTF-8"
        try:
            text = data.decode(encoding).removeprefix("\N{BYTE ORDER MARK}")
        except UnicodeDecodeError as error:
            given = describe_bytes(data)
            if given.startswith(("a text", "an unknown")):
                given = f"a file of {size(len(data))} that is not {encoding} (byte {error.start + 1} is wrong)"
            raise self.refuse(given, "Save it as plain text in UTF-8.") from error
        return self.coerce(text.replace("\r\n", "\n"))

    def to_wire(self, value: str) -> Json:
        """Return a JSON string."""
        return value

    def encode(self, value: str, ending: str) -> bytes:
        """Return the text as UTF-8."""
        self.check_ending(ending)
        return value.encode()


def legible(text: str, refuse: Refuse) -> str:
    """Return a text without signs that no file and no other program would take, or raise `InputError`.

    These are NUL, which ends a text in C, and halves of a pair (lone surrogates), which UTF-8 cannot write.
    """
    if "\0" in text:
        raise refuse("a text with a NUL character in it", "It may be a file that is not text.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            given = f"a text with a broken character ({error.start + 1} of {len(text)})"
            raise refuse(given, "Copy the text again from where it comes from.") from error
    return str(text)
