"""Where the server is reached: what addresses of deployments begin with."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from gesso.settings import Settings


def base_of(connection: HTTPConnection, settings: Settings) -> str:
    """Return the beginning of addresses, without a slash: the public one, or the one by which somebody asks now."""
    if settings.public_url:
        return settings.public_url
    scheme = "https" if connection.url.scheme in {"https", "wss"} else "http"
    return f"{scheme}://{connection.headers.get('host', '')}"
