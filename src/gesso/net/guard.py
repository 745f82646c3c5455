"""The guard at the door out: which addresses may be connected to, and by when it has to be done.

It stands where a connection is made, below everything that reads URLs. A name is resolved once, every address that it
has is looked at, and the connection goes to one of these addresses, not to the name again: so neither a redirect, nor a
number written in an odd way (http://2130706433), nor a name that changes its address leads past it.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import httpcore

from gesso.errors import CanceledError, FetchError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
"""An address of the internet."""

_SLICE_S: Final = 0.5  # so soon is a cancel heard

# Refused always: nothing that a person means lies there. `is_global` of the standard library lets some of these pass.
_NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # "this network"; Linux takes it for itself
            "100.100.100.200/32",  # what a cloud tells its machines about themselves (Alibaba)
            "168.63.129.16/32",  # the same (Azure)
            "192.0.0.0/24",  # protocols of the network itself
            "192.88.99.0/24",  # relays of 6to4
            "240.0.0.0/4",  # reserved, and broadcast
            "::/128",
            "64:ff9b:1::/48",  # IPv4 behind a local translation
            "2001::/32",  # Teredo: IPv4 inside
            "2002::/16",  # 6to4: IPv4 inside
            "fd00:ec2::/32",  # what a cloud tells its machines (Amazon)
            "fec0::/10",  # site-local, long withdrawn
        ),
    )
)
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64: how a network without IPv4 writes an IPv4 address
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")  # IPv4 in the last bits, long withdrawn


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    is_within = address in _TRANSLATED or (address in _COMPATIBLE and int(address) > 1)
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if is_within else address


def is_never_allowed(address: Address) -> bool:
    """Say whether nobody may fetch from there: link-local (with the metadata of clouds), multicast, reserved."""
    address = plain(address)
    is_within = any(address in network for network in _NEVER if network.version == address.version)
    return is_within or address.is_link_local or address.is_multicast or address.is_unspecified


def is_private(address: Address) -> bool:
    """Say whether an address is this computer's or of a network at home, at school, at work."""
    return not plain(address).is_global


def nobody_cancels() -> bool:
    """Say that it goes on."""
    return False


class Guard(httpcore.NetworkBackend):
    """Makes connections to allowed addresses, and ends them at `deadline_s` (of `time.monotonic`).

    They end also when nothing happens for `patience_s` seconds, and with a `CanceledError` soon after `is_canceled`
    says so. `allow_private` lets connections into private networks pass; `has_met_private` says whether there was one.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        deadline_s: float = math.inf,
        patience_s: float = math.inf,
        is_canceled: Callable[[], bool] = nobody_cancels,
    ) -> None:
        self._allow_private = allow_private
        self._deadline_s = deadline_s
        self._patience_s = patience_s
        self._is_canceled = is_canceled
        self._connector = httpcore.SyncBackend()
        self.has_met_private = False

    def connect_tcp(  # noqa: PLR0917 - httpcore's own signature
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the guard's limits count
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers; a forbidden one raises `FetchError`."""
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self.addresses(host, port):
            try:
                stream = self._connector.connect_tcp(str(address), port, self.wait_s(), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self)
        raise failed

    def addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a host; if one of them is forbidden, raise `FetchError`.

        Also for programs that connect by themselves, and are told to use these addresses and no others.
        """
        addresses = resolve(host, port)
        for address in addresses:
            if is_never_allowed(address):
                raise FetchError(
                    f"{host} ({address}) is not a place on the web, and Gesso fetches nothing from there.",
                    hint="Give the address of a page or file that anybody can open in a browser.",
                )
            if is_private(address) and not self._allow_private:
                raise FetchError(
                    f"{host} ({address}) lies inside a private network, and Gesso fetches from the public web alone.",
                    hint="Give a public address, or send the file itself.",
                )
            self.has_met_private |= is_private(address)
        return addresses

    def wait_s(self) -> float:
        """Return how many seconds the next step may take; past the deadline, raise what httpcore raises."""
        if self._is_canceled():
            raise CanceledError("It was canceled.")
        return min(left(self._deadline_s), self._patience_s)


class _Stream(httpcore.NetworkStream):
    """A connection of which every step ends when the guard says, so that a slow server cannot dribble for ever."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self._stream = stream
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the guard's limits count
        """Read in slices of time, so that a cancel is heard while nothing comes."""
        end_s = time.monotonic() + self._guard.wait_s()
        while True:
            left_s = min(left(end_s), self._guard.wait_s())
            try:
                return self._stream.read(max_bytes, min(left_s, _SLICE_S))
            except httpcore.ReadTimeout:
                if left_s <= _SLICE_S:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the guard's limits count
        self._stream.write(buffer, self._guard.wait_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(  # noqa: PLR0917 - httpcore's own signature
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the guard's limits count
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._guard.wait_s())
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                reason = error.__cause__.verify_message.rstrip(".")
                raise FetchError(f"The server cannot prove that it is {server_hostname}: {reason}.") from error
            raise
        return _Stream(stream, self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def left(deadline_s: float) -> float:
    """Return the seconds until the deadline; if it is past, raise what httpcore raises."""
    seconds = deadline_s - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("past the deadline")
    return seconds


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, or raise `httpcore.ConnectError`. The system decides how long that may take."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise httpcore.ConnectError(f"{host} is not known") from error
    return [ipaddress.ip_address(entry[4][0]) for entry in found]
