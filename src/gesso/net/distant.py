"""HTTP with a Gesso on another computer, which a person has named: through the door, and written down.

A token goes only where it was meant for: certificates are checked, no redirect is followed, and without encryption it
does not leave one's own network.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

from gesso.errors import FetchError, InputError
from gesso.net.line import CHUNK_BYTES, Line
from gesso.net.trouble import in_words

_CONNECT_S: Final = 30.0


class Way(Protocol):
    """The way out to other computers: the `Door` of a home, or what stands for it where there is none."""

    def contact(self, host: str, what_for: str) -> AbstractContextManager[Any]:
        """Let the code inside contact a host. Raises `FetchError` if it may not."""
        ...


@dataclass(frozen=True, kw_only=True)
class Distant(Line):
    """A Gesso elsewhere. `what_for` is for the ledger."""

    scheme: str
    host: str
    port: int
    way: Way
    what_for: str = "a Gesso on another computer"

    @classmethod
    def at(cls, address: str, *, way: Way, key: str = "") -> Self:
        """Read the beginning of an address, like "https://gesso.example.org"; the rest is not looked at."""
        parts = urlsplit(address)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            port = 0
        if parts.scheme not in {"http", "https"} or not parts.hostname or not port or parts.username:
            hint = "Copy it from where the deployment is shown."
            raise InputError("an address like https://gesso.example.org", f'"{address[:80]}"', hint=hint, where="url")
        return cls(scheme=parts.scheme, host=parts.hostname, port=port, key=key, way=way)

    @contextlib.contextmanager
    def connected(self) -> Iterator[http.client.HTTPConnection]:
        """Open a connection; see `Line`. Raises `FetchError` while Gesso is set to work offline."""
        connection = self._connection()
        with self.way.contact(self.host, self.what_for):
            try:
                connection.connect()
                self._check(connection.sock)
                connection.sock.settimeout(None)  # a deployment that wakes says nothing for minutes
                yield connection
            except ssl.SSLCertVerificationError as error:
                message = f"{self.host} cannot show that it is {self.host}: {error.verify_message}."
                raise FetchError(message, hint="Is the address right? Its certificate must be a valid one.") from error
            except TimeoutError as error:
                raise FetchError(f"{self} does not answer.", hint="Is it online?", is_passing=True) from error
            except (OSError, http.client.HTTPException) as error:
                hint = "Is the address right, and this computer online?"
                raise FetchError(f"{self} cannot be reached: {in_words(error)}.", hint=hint, is_passing=True) from error
            finally:
                connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.scheme == "http":
            return http.client.HTTPConnection(self.host, self.port, timeout=_CONNECT_S, blocksize=CHUNK_BYTES)
        return http.client.HTTPSConnection(
            self.host, self.port, timeout=_CONNECT_S, blocksize=CHUNK_BYTES, context=_tls()
        )

    def _check(self, connected: socket.socket) -> None:
        """Refuse to send a token over the web where everybody on the way could read it."""
        address = ipaddress.ip_address(connected.getpeername()[0].partition("%")[0])
        if self.scheme == "http" and self.key and address.is_global:
            raise FetchError(
                f"The token would go to {self.host} unencrypted, and everybody on the way could read it.",
                hint="Use the address that begins with https://.",
            )

    def __str__(self) -> str:
        return f"The Gesso at {self.host}"


@cache
def _tls() -> ssl.SSLContext:
    """Return what checks certificates: those whom the system trusts, and those of certifi where it is installed."""
    context = ssl.create_default_context()
    with contextlib.suppress(ImportError):  # Python on a Mac does not see whom the system trusts
        import certifi

        context.load_verify_locations(certifi.where())
    return context
