"""From files to documents: a plain text or a Markdown file is one, a table or JSONL has one in each row."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import PurePath
from typing import Any, Final

from gesso.errors import InputError
from gesso.training.encoding import EXPECTED, Decoded, decode_text

PLAIN: Final = frozenset({"", ".txt", ".text", ".md", ".markdown"})
"""The endings of files that are one document each."""
TABLES: Final = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
"""The endings of files with a document in each row."""
_LATER: Final = frozenset({".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".htm", ".epub", ".json"})
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_USUAL_COLUMNS: Final = ("text", "content", "body", "story", "poem", "message", "lyrics", "quote")
_LOOKED_AT: Final = 200
_ENDLESS: Final = 100_000
_LONGEST_HEADING: Final = 60  # what stands alone at the top of a column and is longer is a text itself
_NUMBER: Final = re.compile(r"[\s.,:/+-]*\d[\d\s.,:/+-]*")  # also a date or a time


@dataclass(frozen=True)
class Document:
    """A text, and the file that it comes from."""

    text: str
    source: str


@dataclass
class Gathered:
    """The documents of some files, what there is to say of them, and what was left out: reason by number.

    `encodings` counts the files by what they were saved with, `columns` are those that texts were taken from.
    """

    documents: list[Document] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, int] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)

    def leave_out(self, why: str, count: int = 1) -> None:
        """Count what is left out."""
        if count:
            self.left_out[why] = self.left_out.get(why, 0) + count


def is_readable(name: str) -> bool:
    """Say whether a file of a folder is taken, going by its name."""
    ending = PurePath(name).suffix.lower()
    return ending in TABLES or (ending in PLAIN and ending != "")


def gather(files: Iterable[tuple[str, bytes]], *, column: str = "") -> Gathered:
    """Read documents from files: each its name and its bytes. `column` is where a table has its texts.

    Raises `InputError` for a file that is no text, one of a kind that cannot be read, and a column that is not there.
    Of a folder, whose files have it in their names, what is no text is left out and told of, if there are others.
    """
    gathered = Gathered()
    passed_over: InputError | None = None
    for name, data in files:
        try:
            decoded = _decode(name, data)
        except InputError as error:
            told = error.at(name)
            if "/" not in name:
                raise told from error.__cause__
            passed_over = passed_over or told
            gathered.leave_out("files of a folder that are no text")
            gathered.remarks.append(f"{name} is left out: it is {error.given}.")
            continue
        try:
            _gather(gathered, name, decoded=decoded, column=column)
        except InputError as error:
            raise error.at(name) from error.__cause__
    if passed_over is not None and not gathered.documents:
        raise passed_over
    return gathered


def _decode(name: str, data: bytes) -> Decoded:
    ending = PurePath(name).suffix.lower()
    if ending in _LATER:
        raise InputError(
            "a plain text, Markdown, CSV or JSONL", f"a {ending} file", hint="Save its words as a plain text (.txt)."
        )
    return decode_text(data)


def _gather(gathered: Gathered, name: str, *, decoded: Decoded, column: str) -> None:
    ending = PurePath(name).suffix.lower()
    gathered.encodings[decoded.encoding] = gathered.encodings.get(decoded.encoding, 0) + 1
    gathered.remarks += [f"{name}: {repair}." for repair in decoded.repairs]
    if ending in TABLES:
        if ending in {".jsonl", ".ndjson"}:
            rows = _json_rows(gathered, name, text=decoded.text)
        else:
            rows = _table_rows(gathered, name, text=decoded.text, mark="\t" if ending == ".tsv" else "", column=column)
        texts, named = _texts(rows, column, gathered=gathered)
        gathered.remarks.append(f"{name}: the texts are those of the column {named!r}.{_doubt(named)}")
        gathered.columns.append(named)
    else:
        texts = iter([_without_front_matter(decoded.text) if ending in {".md", ".markdown"} else decoded.text])
        _remark_on_lines(gathered, name, text=decoded.text)
    for text in texts:
        if text.strip():
            gathered.documents.append(Document(text, name))
        else:
            gathered.leave_out("empty rows")


def _without_front_matter(text: str) -> str:
    return _COMMENT.sub("", _FRONT_MATTER.sub("", text))


def _remark_on_lines(gathered: Gathered, name: str, *, text: str) -> None:
    longest = max(map(len, text.split("\n")))
    if longest > _ENDLESS:
        gathered.remarks.append(
            f"{name}: one line has {longest:,} characters. It is cut at the ends of sentences where need be; if it was "
            "meant to have lines, something took them away."
        )


def _doubt(column: str) -> str:
    is_odd = len(column) > _LONGEST_HEADING
    return " If that is a text itself, put a line with headings above it." if is_odd else ""


def _json_rows(gathered: Gathered, name: str, *, text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of JSONL. A broken line, as the last one of a file that was cut off, is left out and told of."""
    is_begun = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            if not is_begun:
                raise InputError(
                    "a JSON object in each line", f"something else in line {number}", hint="Is it really JSONL?"
                ) from error
            gathered.leave_out("lines that are no JSON")
            gathered.remarks.append(f"{name}: line {number} is left out: it is no JSON.")
            continue
        is_begun = True
        yield row if isinstance(row, dict) else {"text": row}


def _table_rows(gathered: Gathered, name: str, *, text: str, mark: str, column: str) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(2**31 - 1)  # a novel may stand in one field
    first = text.partition("\n")[0]
    mark = mark or max(",;\t|", key=first.count)
    if text.count('"') % 2:
        gathered.remarks.append(
            f'{name}: a quotation mark (") is opened and not closed. What comes after it is read as one text; close it '
            "if that is not meant."
        )
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        head = next(reader, [])
        rows = chain([head], reader)
        if column in head or _is_heading(head):
            columns = next(rows)
        else:
            columns = [f"column {number}" for number in range(1, len(head) + 1)]
            gathered.remarks.append(f"{name}: it has no headings; its columns are called {', '.join(columns[:5])}.")
        yield from (dict(zip(columns, row, strict=False)) for row in rows if row)
    except csv.Error as error:
        raise InputError("a table in CSV", f"a broken one: {error}", hint="Save it as CSV again.") from error


def _is_heading(row: list[str]) -> bool:
    """Say whether a row names columns: numbers, and a long text by itself, stand below headings."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if any(cell.lower() in _USUAL_COLUMNS for cell in cells):
        return True
    is_text = len(cells) == 1 and len(cells[0]) > _LONGEST_HEADING
    return not (is_text or any(_NUMBER.fullmatch(cell) for cell in cells))


def _texts(rows: Iterator[Mapping[str, Any]], column: str, *, gathered: Gathered) -> tuple[Iterator[str], str]:
    """Return the texts of a column, and its name: the one that was asked for, or the one that looks like it."""
    head = list(islice(rows, _LOOKED_AT))
    columns = list(dict.fromkeys(name for row in head for name in row if name))
    if not columns:
        raise InputError(EXPECTED, "a table without rows")
    named = _choose(columns, head, column=column)

    def texts() -> Iterator[str]:
        for part in (head, rows):
            for row in part:
                value = row.get(named)
                if isinstance(value, str):
                    yield value.replace("\r\n", "\n").replace("\r", "\n")
                else:
                    gathered.leave_out(f"rows without a text in {named!r}")

    return texts(), named


def _choose(columns: list[str], head: list[Mapping[str, Any]], *, column: str) -> str:
    there = f"There are: {', '.join(columns[:20])}."
    if column:
        if column in columns:
            return column
        raise InputError(f"a table with the column {column!r}", "one without it", hint=there)
    if usual := next((name for name in columns if name.strip().lower() in _USUAL_COLUMNS), None):
        return usual
    lengths = {
        name: sum(len(row[name]) for row in head if isinstance(row.get(name), str)) / len(head) for name in columns
    }
    best, *others = sorted(columns, key=lengths.__getitem__, reverse=True)
    if lengths[best] > 0 and all(lengths[best] > 3 * lengths[other] for other in others):
        return best
    raise InputError("a table whose texts one can find", "one with several columns", hint=f"Name one. {there}")
