"""The server as one ASGI application: what a request meets, from the gate to the file with its noun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from gesso.app import App
from gesso.server import client_script, errors, front_end
from gesso.server.crowd import Crowd
from gesso.server.description import complete
from gesso.server.direct.room import Direct
from gesso.server.forwarded import Forwarded
from gesso.server.gate import Gate
from gesso.server.heads import Heads
from gesso.server.hosted import guests
from gesso.server.limits import Limits
from gesso.server.metrics import Counting, Metrics
from gesso.server.owner import OwnerKey
from gesso.server.protocols import addresses, bare_models, runway_daemon, runway_hosted, runway_sdk
from gesso.server.protocols.runway_addresses import RunwayAddresses
from gesso.server.protocols.runway_sessions import Sessions
from gesso.server.rooms import Rooms
from gesso.server.routers import (
    bots,
    datasets,
    deployments,
    files,
    health,
    hosted,
    job_events,
    jobs,
    live,
    metrics,
    models,
    runs,
    settings,
    snippets,
    trainings,
    uploads,
)
from gesso.server.sign_in import SignIn
from gesso.server.thumbnails import Thumbnails
from gesso.server.uploads import Uploads
from gesso.server.visitors import Visitors
from gesso.version import VERSION

API: Final = "/api/v1"
"""Where the studio's interface begins."""
_PROTOCOLS: Final = (runway_hosted, runway_daemon, runway_sdk, bare_models)
_ROUTERS: Final = (
    models,
    runs,
    live,
    jobs,
    job_events,
    files,
    uploads,
    datasets,
    trainings,
    deployments,
    snippets,
    bots,
    settings,
    health,
    metrics,
)


def create_app(
    app: App, *, key: OwnerKey | None = None, address: str = "127.0.0.1", port: int = 5142, most_listeners: int = 800
) -> FastAPI:
    """Return the server of a running Gesso. With a `key` it asks who somebody is.

    `address` and `port` are where it listens: what may stand in `Host` follows from them. `most_listeners` may listen
    to events at once.
    """
    server = bare()
    home = app.settings.home
    server.state.rooms = Rooms(
        app=app,
        key=key,
        uploads=Uploads(home / "uploads", app.blobs),
        thumbnails=Thumbnails(home / "cache" / "thumbnails", app.blobs),
        direct=Direct(app, metrics=server.state.metrics),
    )
    addresses.introduce(server.state.rooms)
    server.state.runway_sessions = Sessions(server.state.rooms.direct)
    app.jobs.on_end(server.state.metrics.count_job)
    server.add_middleware(Limits)
    server.add_middleware(Crowd, most=most_listeners)
    server.add_middleware(SignIn, key=key)
    server.add_middleware(Counting, metrics=server.state.metrics)
    server.add_middleware(Heads)
    server.add_middleware(RunwayAddresses)
    server.add_middleware(
        Gate,
        visitors=_visitors(app, address, port=port),
        may_ask=partial(guests.may_ask, app.hosting),
        closed=partial(guests.refusal, app.hosting),
    )
    server.add_middleware(Forwarded, proxies=lambda: app.settings.trusted_proxies)  # the last is the first that is met
    return server


def bare() -> FastAPI:
    """Return the server without a house behind it: good for its description."""
    server = FastAPI(
        title="Gesso",
        version=VERSION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # these would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a redirect names the host that was sent
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    server.state.metrics = Metrics()
    errors.install(server)
    server.router.routes.extend(_routes())
    complete(server)
    return server


@cache
def _routes() -> Sequence[BaseRoute]:
    """Return what answers where. All servers of a process share it: FastAPI takes a while to work out every route.

    No router lies within another one, because each of its routes would be worked out for both.
    """
    table = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, generate_unique_id_function=_operation_id)
    for router in (*(noun.router for noun in _ROUTERS), bots.kinds):
        table.include_router(router, prefix=API, responses=errors.RESPONSES)
    table.include_router(hosted.router, responses=errors.RESPONSES)
    table.include_router(bots.events, responses=errors.RESPONSES)
    client_script.install(table)
    addresses.install(table)
    for protocol in _PROTOCOLS:
        table.include_router(protocol.router, responses=errors.RESPONSES)
    front_end.install(table)
    return tuple(table.routes)


def _visitors(app: App, address: str, *, port: int) -> Callable[[], Visitors]:
    """Return what says who may come in as the settings are now."""

    def visitors() -> Visitors:
        listed = app.settings
        hosts = (*listed.allowed_hosts, *([urlsplit(listed.public_url).netloc] if listed.public_url else []))
        return Visitors(address=address, port=port, hosts=hosts, origins=listed.allowed_origins)

    return visitors


def _operation_id(route: APIRoute) -> str:
    """Return the handler's name, in the form that generated clients use: `list_jobs` becomes `listJobs`."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
