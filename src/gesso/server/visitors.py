"""Who may come in: which `Host` a request may name and from which `Origin` it may come.

A browser lets any page of the web send requests to this computer. Two things tell them from ours:

* `Host` is what the address bar says. A page that had its own name point to this computer (DNS rebinding) names itself
  there, so only names that cannot be bent are let in: this computer's own, an address in digits where the server
  listens on it, and what `allowed_hosts` lists. The port has to be ours.
* `Origin` is the page that asks. Ours is let in, and what `allowed_origins` lists. `null` (a file, a sandbox) is nobody
  and stays out. Another program on this computer has another port and is somebody else, too: what it shows in a browser
  may come from anywhere. `allowed_origins = ["http://localhost:*"]` lets all of these in.

Where no `Origin` is sent, no browser asks - or a page embeds a picture or a script of ours, or follows a link to us.
Browsers then say `Sec-Fetch-Site`. A link to the studio may be followed, everything else from elsewhere stays out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gesso.net.origins import is_meant

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE | re.ASCII)
_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})  # localhost:3000 is the same "site" as localhost:5142


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a request says of where it comes from. Each is None if it is not there."""

    host: str | None
    origin: str | None = None
    fetch_site: str | None = None
    is_followed_link: bool = False


@dataclass(frozen=True, kw_only=True)
class Visitors:
    """Who may come in to a server at `port` that listens on `address`, besides what is listed."""

    address: str
    port: int
    hosts: Iterable[str] = ()
    origins: Iterable[str] = ()

    def refuse(self, visit: Visit) -> str:
        """Return why a request stays out, or "" if it may come in."""
        if visit.host is None or not self.is_own_host(visit.host):
            return "It was sent to a name that is not this server's."
        if visit.origin is not None:
            return "" if self.is_own_origin(visit.origin) or self.is_listed(visit.origin) else _FOREIGN
        if visit.fetch_site in _ELSEWHERE and not visit.is_followed_link:
            return _FOREIGN
        return ""

    def is_own_host(self, host: str) -> bool:
        """Say whether a `Host` header names this server."""
        parts = _HOST.fullmatch(host)
        if parts is None:
            return False
        name, port = parts["name"].lower(), int(parts["port"] or 80)
        if {name, f"{name}:{port}"} & {listed.lower() for listed in self.hosts}:
            return True
        return port == self.port and self._is_own_name(name.strip("[]"))

    def is_own_origin(self, origin: str) -> bool:
        """Say whether a page comes from this server."""
        scheme, _, host = origin.partition("://")
        if scheme == "https":  # through a proxy that is listed by name; it has no port then
            return host.lower() in {listed.lower() for listed in self.hosts}
        return scheme == "http" and self.is_own_host(host)

    def is_listed(self, origin: str) -> bool:
        """Say whether a page of somebody else is let in."""
        return any(is_meant(origin.lower(), listed.lower().rstrip("/")) for listed in self.origins)

    def _is_own_name(self, name: str) -> bool:
        if name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not is_loopback(self.address)  # digits cannot be bent to lead elsewhere


_FOREIGN: Final = "It comes from a page that is not the studio's."


def is_loopback(address: str) -> bool:
    """Say whether only this computer reaches a server that listens there."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
