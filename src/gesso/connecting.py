"""`gesso.connect`: from an address and a token to a model that can be called. It knows the settings and `remote`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from gesso.errors import AccessError, FetchError
from gesso.net.distant import Way
from gesso.remote.address import hosted_path, line_to
from gesso.remote.connected import Connected
from gesso.remote.gesso import RemoteGesso
from gesso.remote.hosted import HostedModel
from gesso.remote.patient import Patient


def connect(url: str, token: str = "") -> Connected | RemoteGesso:
    """Connect to a deployment (`https://gesso.example.org/m/pose`), or with its owner's key to a whole Gesso.

    A deployment is called as a function: `connect(url, token)(image=...)`; of a whole Gesso the models are, by name:
    `connect(url, key)["pose"](image=...)`. Raises `AccessError` if the token is wrong, and `FetchError` if nothing
    answers or Gesso is set to work offline.
    """
    path = hosted_path(url)
    line = line_to(url, token, way=_way())
    if not path:
        return RemoteGesso(line)
    with Patient() as patient:
        try:
            return Connected(patient.wait(HostedModel.open(line, path)))
        except AccessError as error:
            if not token:
                error.hint = "Whoever owns it makes one. Then it is gesso.connect(url, token)."
            raise


def _way() -> Way:
    """Return the way out of this home; where only the plain install is, there is no home, but the same switch."""
    try:
        from gesso import settings
        from gesso.net.door import Door
        from gesso.net.ledger import Ledger
    except ImportError:
        return _Open()
    loaded = settings.load()
    return Door(Ledger(loaded.home), is_offline=lambda: loaded.offline)


class _Open:
    """The way out where there are no settings."""

    @contextlib.contextmanager
    def contact(self, host: str, what_for: str) -> Iterator[None]:
        """Let the code inside contact a host, unless GESSO_OFFLINE says no."""
        if os.environ.get("GESSO_OFFLINE", "").lower() in {"1", "true", "yes", "on", "t", "y"}:
            raise FetchError(f"Gesso is set to work offline, so it does not ask {host} for {what_for}.",
                             hint="Allow it with GESSO_OFFLINE=0.")  # fmt: skip
        yield
