"""What a person gives with `-i`: typed text, `@file`, an address, `-` for standard input, or a whole folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from gesso.cli.given import Input
from gesso.cli.shell import quoted
from gesso.cli.terminal import interruptible
from gesso.errors import InputError, SettingsError
from gesso.jobs.marks import BESIDE
from gesso.spec.model import Port, find_port
from gesso.types.base import DataType
from gesso.types.given import size
from gesso.types.list import ListType
from gesso.types.source import is_data_uri
from gesso.types.stored import Stored, StoredType

Fetch: TypeAlias = Callable[[str, int], tuple[bytes, str]]
"""Fetches an address, at most so many bytes. Returns them and the name that the file has there."""

Identity: TypeAlias = tuple[int, int]
"""What makes a file the same under another name: a link, or other capitals where the system does not mind them."""

_ADDRESSES: Final = ("http://", "https://")


@dataclass(frozen=True, kw_only=True)
class Files:
    """A folder that an input is read from, one file after the other."""

    port: Port
    folder: Path
    paths: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was given, not yet read: the words for each input by name, and `files` if one input is a folder."""

    words: Mapping[str, Sequence[str]]
    files: Files | None = None

    @property
    def sources(self) -> set[Identity]:
        """The identities of all files that will be read: none of them may be written over."""
        paths = [path for words in self.words.values() for word in words if (path := _path(word)) is not None]
        found = (identity(path) for path in (*paths, *(self.files.paths if self.files else ())))
        return {one for one in found if one is not None}


def split(words: Sequence[str], option: str) -> dict[str, list[str]]:
    """Sort words like `key=value` by key, or raise `SettingsError`; `option` is what stood before them."""
    sorted_words: dict[str, list[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise SettingsError(f"{option} wants name=value, but got {word!r}.", hint=f"Try {option} name={word}")
        sorted_words.setdefault(key, []).append(value)
    return sorted_words


def sort_inputs(ports: Sequence[Port], words: Sequence[str]) -> Given:
    """Sort what `-i` gives, and find the files if it names a folder. Nothing is read yet."""
    given = split(words, "-i")
    found = {name: _files(find_port(ports, name, kind="input"), texts) for name, texts in given.items()}
    folders = [files for files in found.values() if files is not None]
    if len(folders) > 1:
        names = " and ".join(files.port.name for files in folders)
        raise SettingsError(f"Only one input can be a folder, but {names} are.", hint="Give the other one a file.")
    return Given(
        words={name: texts for name, texts in given.items() if found[name] is None},
        files=folders[0] if folders else None,
    )


def read_inputs(ports: Sequence[Port], words: Mapping[str, Sequence[str]], *, fetch: Fetch) -> dict[str, Input]:
    """Read the values; one that does not fit raises `InputError` with the name of its input."""
    inputs = {}
    for name, texts in words.items():
        try:
            inputs[name] = _read_all(find_port(ports, name, kind="input").data_type, texts, fetch=fetch)
        except InputError as error:
            raise _with_at(error.at(name), texts) from error.__cause__
    return inputs


def _with_at(error: InputError, texts: Sequence[str]) -> InputError:
    """Return the error about an input, with a better hint if the @ before the name of a file is all that is missing."""
    text = texts[0]
    if len(texts) > 1 or text.startswith("@") or not is_there(text):
        return error
    hint = f"Write @ before the name of a file: -i {quoted(f'{error.where}=@{text}')}"
    return InputError(error.expected, error.given, hint=hint, where=error.where)


def read_input(data_type: DataType[Any], text: str, *, fetch: Fetch) -> Input:
    """Read one value of a type from what was typed."""
    if text in ("-", "@-"):
        data = _standard_input(data_type)
        return Input(data_type.decode(data), data)
    if text.startswith("@") and not _is_address(text[1:]):
        path = expanded(text[1:])
        return Input(data_type.read(path), path)
    if text.startswith("@") or (_is_address(text) and not _takes(data_type, text)):
        data, name = fetch(text.removeprefix("@"), data_type.max_bytes)
        if isinstance(data_type, StoredType):  # such a value has a name
            value = data_type.coerce(data_type.value_class(data, name=name))
            return Input(value, value)
        return Input(data_type.decode(data), Stored(data, name=name))
    value = data_type.parse(text)
    return Input(value, text if is_data_uri(text) else value)


def is_read_from_files(data_type: DataType[Any]) -> bool:
    """Say whether the type's values lie in files: a picture does, a number is typed."""
    return not {".txt", ".json"} & set(data_type.reads)


def _read_all(data_type: DataType[Any], texts: Sequence[str], *, fetch: Fetch) -> Input:
    """Read the words for one input: one, or the items of a list one by one."""
    if not isinstance(data_type, ListType):
        if len(texts) > 1:
            hint = "For one run with each, name their folder." if is_read_from_files(data_type) else "Give it once."
            raise data_type.refuse(f"{len(texts)} of them", hint)
        return read_input(data_type, texts[0], fetch=fetch)
    if len(texts) == 1 and not is_read_from_files(data_type.item):
        return read_input(data_type, texts[0], fetch=fetch)
    items = [read_input(data_type.item, item, fetch=fetch) for text in texts for item in _items(text, data_type.item)]
    return Input(data_type.coerce([item.value for item in items]), [item.given for item in items])


def _items(text: str, item: DataType[Any]) -> list[str]:
    """Return the files of a folder as a list of `@file`, or the word itself if it names none."""
    path = _path(text)
    if path is None or not path.is_dir() or "/" in item.reads:
        return [text]
    return [f"@{file}" for file in files_in(path, item)]


def _files(port: Port, texts: Sequence[str]) -> Files | None:
    """Return the files if the words name a folder that is to be gone through."""
    path, data_type = _path(texts[0]), port.data_type
    if len(texts) > 1 or path is None or not path.is_dir() or "/" in data_type.reads:
        return None
    if isinstance(data_type, ListType) and is_read_from_files(data_type.item):
        return None  # the folder as a whole is the list
    paths = tuple(files_in(path, data_type))
    if not paths:
        expected = f"a folder with files that {data_type.title} is read from ({', '.join(data_type.reads)})"
        raise InputError(expected, f"{path}, which has none", where=port.name)
    return Files(port=port, folder=path, paths=paths)


def files_in(folder: Path, data_type: DataType[Any]) -> list[Path]:
    """Return the folder's own files that the type can be read from, by their endings, in the order of their names."""
    names = (path for path in folder.iterdir() if not path.name.startswith(".") and not path.name.endswith(BESIDE))
    found = (path for path in names if path.is_file())
    fitting = (path for path in found if "*" in data_type.reads or path.suffix.lower() in data_type.reads)
    return sorted(fitting, key=lambda path: (path.name.lower(), path.name))


def _takes(data_type: DataType[Any], text: str) -> bool:
    """Say whether a text is a value as it stands: to a prompt an address is only words."""
    try:
        data_type.parse(text)
    except InputError:
        return False
    return True


def _standard_input(data_type: DataType[Any]) -> bytes:
    try:
        with interruptible():
            data = sys.stdin.buffer.read(data_type.max_bytes + 1)
    except OSError as error:
        raise data_type.refuse("a standard input that is closed", "Give it a file: name=@file.") from error
    if not data and is_read_from_files(data_type):
        raise data_type.refuse("nothing from standard input", "Send something there, as in: gesso run ... < file")
    if len(data) > data_type.max_bytes:
        raise data_type.refuse("more than that", f"The largest that is read is {size(data_type.max_bytes)}.")
    return data


def identity(path: Path) -> Identity | None:
    """Return a file's identity, or None if there is no such file."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return found.st_dev, found.st_ino


def _is_address(text: str) -> bool:
    return text[:8].lower().startswith(_ADDRESSES)


def _path(text: str) -> Path | None:
    """Return the path that a word names with @, or None."""
    is_file = text.startswith("@") and text != "@-" and not _is_address(text[1:])
    return expanded(text[1:]) if is_file else None


def is_there(text: str) -> bool:
    """Say whether a text names a file or a folder that is there."""
    try:
        return bool(text) and expanded(text).exists()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False


def expanded(text: str) -> Path:
    """Return a path as a person types it, with ~ for their own folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~nobody": there is no such person
        return Path(text)
