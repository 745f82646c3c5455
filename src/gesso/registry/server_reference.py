"""References to models that serve themselves on this computer: `runway+http://localhost:9000`.

Somebody has started such a model by hand, in a Python or a container of its own, because its libraries are too old for
this one. Nothing of it is fetched or run; it is asked.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gesso.errors import InputError
from gesso.registry.manifest import Manifest, name_from
from gesso.registry.source import ModelSource
from gesso.spec.model import Card, Requirements

_SCHEME: Final = "runway+http"
_USUAL_PORT: Final = 9000
_FORM: Final = "the address of a Runway model on this computer, like runway+http://localhost:9000"


def is_server_reference(text: str) -> bool:
    """Say whether a text is meant as the address of a model that serves itself."""
    return text.lower().startswith("runway+")


def server_address(reference: str) -> str:
    """Return the address that a reference stands for, in digits: "http://127.0.0.1:9000". Raises `InputError`."""
    try:
        parts = urlsplit(reference)
        port = parts.port or _USUAL_PORT
    except ValueError as error:
        raise InputError(_FORM, repr(reference[:100])) from error
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if parts.scheme != _SCHEME or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise InputError(_FORM, repr(reference[:100]))
    if address is None or not address.is_loopback:
        hint = "Bring its port here first, say with: ssh -L 9000:localhost:9000 that-computer"
        raise InputError(_FORM, f"one on another computer ({reference[:100]})", hint=hint)
    return f"http://{f'[{address}]' if address.version == 6 else address}:{port}"


def server_source(reference: str) -> ModelSource:
    """Return the model that a reference to a server means. Nobody is contacted."""
    address = server_address(reference)
    port = urlsplit(address).port
    place = Path(f"runway-server-{port}")  # there is nothing of it on the disk
    manifest = Manifest(
        name=name_from(f"runway {port}"),
        title=f"Runway model on port {port}",
        description="A Runway model that somebody has started on this computer.",
        path=place,
        entry=place,
        class_name="",
        requirements=Requirements(),
        card=Card(),
        weights=(),
        licence_path=None,
    )
    return ModelSource(reference, manifest, "added", f"runway+{address}", server=address)
