"""A keyring that lies in a file which a test names in KEYRING_FILE: for commands in processes of their own.

`PYTHON_KEYRING_BACKEND=tests.bots.filed_keyring.FiledKeyring` is how `keyring` is told of it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FiledKeyring(KeyringBackend):
    """A keyring as `keyring` lets anybody write one."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._kept(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self._write({name: value for name, value in self._kept().items() if name != f"{service} {username}"})

    @property
    def _file(self) -> Path:
        return Path(os.environ["KEYRING_FILE"])

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}

    def _write(self, kept: dict[str, str]) -> None:
        self._file.write_text(json.dumps(kept))
