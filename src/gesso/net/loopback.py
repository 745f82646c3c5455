"""HTTP with another program on this computer. Nobody else is ever reached, so neither door nor ledger is asked."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from gesso.errors import FetchError
from gesso.net.line import CHUNK_BYTES, Line
from gesso.net.trouble import in_words


@dataclass(frozen=True, kw_only=True)
class Loopback(Line):
    """A program that listens on this computer. `name` is what people call it."""

    host: str
    port: int
    name: str = "The Gesso"

    @classmethod
    def at(cls, address: str, *, key: str = "", name: str = "The Gesso") -> Self:
        """Read an address like "http://127.0.0.1:5142". One that is not this computer's raises `FetchError`."""
        parts = urlsplit(address)
        try:
            is_here = ipaddress.ip_address(parts.hostname or "").is_loopback  # in digits: no name can lead elsewhere
            port = parts.port
        except ValueError:
            is_here, port = False, None
        if parts.scheme != "http" or not is_here or port is None:
            raise FetchError(f"{address} is not an address of this computer alone.")
        return cls(host=parts.hostname or "", port=port, key=key, name=name)

    @contextlib.contextmanager
    def connected(self) -> Iterator[http.client.HTTPConnection]:
        """Open a connection; see `Line`."""
        connection = http.client.HTTPConnection(self.host, self.port, blocksize=CHUNK_BYTES)
        try:
            connection.connect()
            yield connection
        except (OSError, http.client.HTTPException) as error:
            hint = "Has it been stopped?"
            raise FetchError(f"{self} does not answer: {in_words(error)}.", hint=hint, is_passing=True) from error
        finally:
            connection.close()

    def __str__(self) -> str:
        return f"{self.name} at port {self.port}"
