"""Ports of this computer: the one that is wanted, or the next that is free."""

from __future__ import annotations

import errno
import socket
import sys

from gesso.errors import SettingsError


def bind(host: str, port: int, *, tries: int = 1, is_udp: bool = False) -> socket.socket:
    """Return a socket that is bound to the port, or to the first free one of the `tries` from there on."""
    kind = socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise SettingsError(f"Gesso cannot listen at {host}: nobody knows that name.") from error
    for candidate in range(port, min(port + tries, 65536)):
        bound = _socket(family, is_udp=is_udp)
        try:
            bound.bind((where[0], candidate))
        except OSError as error:
            bound.close()
            if error.errno != errno.EADDRINUSE:
                raise SettingsError(f"Gesso cannot listen at {host}, port {candidate}: {error.strerror}.") from error
        else:
            return bound
    raise SettingsError(
        f"Port {port} is taken by another program, or by another Gesso.",
        hint="Name another one with --port, or end that program.",
    )


def _socket(family: socket.AddressFamily, *, is_udp: bool) -> socket.socket:
    if is_udp:  # without SO_REUSEADDR: on Linux, two programs would share the port
        return socket.socket(family, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio sets no TCP_NODELAY
    if sys.platform == "win32":  # there, SO_REUSEADDR would let another program take the port over
        made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
