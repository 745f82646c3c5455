"""Behind a proxy: whose word is believed for where a request comes from.

A proxy says in `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` who asked it, how, and for which name.
Anybody can send these, so they count only from the addresses in `trusted_proxies`. Of a chain of addresses the last
that is no such proxy is whoever asked: what stands before it, that one may have made up.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

from gesso.server.layer import Call, Layer


class Forwarded(Layer):
    """Puts in the place of a trusted proxy who asked it. `proxies` is asked each time: the settings may change."""

    def __init__(self, app: ASGIApp, proxies: Callable[[], Sequence[str]]) -> None:
        super().__init__(app)
        self._proxies = proxies

    async def meet(self, call: Call) -> None:
        """Look who has sent it."""
        client, proxies = call.scope.get("client"), self._proxies()
        if proxies and client and _is_among(client[0], proxies):
            call = Call(scope=_as_asked(call.scope, proxies), receive=call.receive, send=call.send)
        await call.to(self.app)


def _as_asked(scope: Scope, proxies: Sequence[str]) -> Scope:
    """Return what the proxy was asked, as it says."""
    given, asked = Headers(scope=scope), dict(scope)
    chain = [address.strip() for line in given.getlist("x-forwarded-for") for address in line.split(",")]
    if sender := _sender(chain, proxies):
        asked["client"] = (sender, 0)
    schemes = [scheme.strip().lower() for line in given.getlist("x-forwarded-proto") for scheme in line.split(",")]
    if schemes and schemes[-1] in {"http", "https"}:
        asked["scheme"] = schemes[-1] if scope["type"] == "http" else schemes[-1].replace("http", "ws")
    hosts = given.getlist("x-forwarded-host")
    if len(hosts) == 1:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        asked["headers"] = [(b"host", hosts[0].encode("latin-1")), *others]
    return asked


def _sender(chain: Sequence[str], proxies: Sequence[str]) -> str | None:
    """Return who asked the first of the trusted proxies; None if nobody says so in a way that can be read."""
    for address in reversed(chain):
        plain = _plain(address)
        if plain is None:
            return None
        if not _is_among(plain, proxies):
            return plain
    return None


def _plain(address: str) -> str | None:
    """Return an address as it is written without port and brackets, None for what is none."""
    inner = address[1:].partition("]")[0] if address.startswith("[") else address
    if inner.count(":") == 1:
        inner = inner.partition(":")[0]
    try:
        return str(ipaddress.ip_address(inner))
    except ValueError:
        return None


def _is_among(address: str, networks: Iterable[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in ipaddress.ip_network(network, strict=False) for network in networks)
