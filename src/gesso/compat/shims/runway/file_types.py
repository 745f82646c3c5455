"""Files and folders."""

from __future__ import annotations

import os
import tarfile
from typing import Any

from runway.base_type import BaseType
from runway.exceptions import InvalidArgumentError
from runway.utils import download_file, extract_tarball, is_url


class file(BaseType):
    """A file or folder: a path for the model; on the wire a path, or an address that is fetched."""

    def __init__(
        self,
        description: str | None = None,
        is_directory: bool = False,
        extension: str | None = None,
        default: str | None = None,
    ) -> None:
        super().__init__("file", description=description)
        self.is_directory = is_directory
        self.extension = extension
        self.default = default

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value

    def deserialize(self, value: Any) -> str:
        if is_url(value):
            path = download_file(value)
            return extract_tarball(path) if tarfile.is_tarfile(path) else path
        if not os.path.exists(value):
            raise InvalidArgumentError(self.name, "file path provided does not exist")
        if self.extension and not value.endswith(self.extension):
            raise InvalidArgumentError(self.name, "file path does not have expected extension")
        return str(value)

    def to_dict(self) -> dict[str, Any]:
        words = {"isDirectory": self.is_directory, "extension": self.extension, "default": self.default}
        return {**super().to_dict(), **{word: value for word, value in words.items() if value}}


class directory(file):
    """A folder: a path, or the address of an archive that is unpacked."""

    def __init__(self, description: str | None = None, default: str | None = None) -> None:
        super().__init__(description=description, is_directory=True, default=default)
