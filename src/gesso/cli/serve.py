"""`gesso studio | serve`: the server, with and without a browser in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.app import App
    from gesso.server.protocols.runway_local import LocalAddresses
    from gesso.server.run import Listening, LocalOrder
    from gesso.settings import Settings

HostOption: TypeAlias = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Where to listen. Any but this computer's own needs a key.")
]
"""Where the server listens."""
PortOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--port", metavar="NUMBER", min=0, max=65535, help="The port: 5142, or the next that is free."),
]
"""The server's port."""
_HERE = "127.0.0.1"  # server.run has it too, but its libraries take a while
_PORT = 5142


def studio(
    ctx: typer.Context,
    *,
    is_alone: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    host: HostOption = _HERE,
    port: PortOption = None,
) -> None:
    """Start Gesso and open the studio in your browser."""
    from gesso import settings
    from gesso.storage.home import find_server

    terminal, loaded = ctx.ensure_object(Terminal), settings.load()
    running = find_server(loaded.home)
    if running is None:
        serving = Serving(loaded, terminal, is_opening=not is_alone)
        asyncio.run(serving.run(host=host, port=port))
        return
    terminal.result(f"Gesso runs already, at {running.address}/")
    if not is_alone:
        _open(signed_in(f"{running.address}/", loaded), loaded, terminal=terminal)


def serve(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[MODEL]", show_default=False, help="With --runway: a model, or a deployment.")
    ] = "",
    *,
    host: HostOption = _HERE,
    port: PortOption = None,
    is_new_key: Annotated[bool, typer.Option("--new-key", help="Ask for a key, and print a link with it.")] = False,
    public_url: Annotated[
        str | None,
        typer.Option("--public-url", metavar="URL", help="Where the web reaches it, through a proxy or a tunnel."),
    ] = None,
    is_for_runway: Annotated[
        bool, typer.Option("--runway", help="Serve the model to old clients of Runway, over HTTP and OSC.")
    ] = False,
    has_socketio: Annotated[
        bool, typer.Option("--socket-io", help="With --runway: over Socket.IO, too, for the oldest clients.")
    ] = False,
    pages: Annotated[
        list[str] | None, typer.Option("--page", metavar="URL", help="With --runway: a web page that may ask, too.")
    ] = None,
) -> None:
    """Start Gesso without a browser, for other programs and other computers."""
    from gesso import settings

    loaded = settings.load()
    if public_url is not None:
        loaded = settings.said_otherwise(loaded, {"public_url": public_url})
    local = _local_order(name, pages or (), is_for_runway=is_for_runway, has_socketio=has_socketio)
    serving = Serving(loaded, ctx.ensure_object(Terminal), is_new_key=is_new_key, local=local)
    asyncio.run(serving.run(host=host, port=port))


def _local_order(name: str, pages: Sequence[str], *, is_for_runway: bool, has_socketio: bool) -> LocalOrder | None:
    """Return what is to be served to Runway's old clients. Raises `SettingsError` and `InputError`."""
    from gesso.errors import SettingsError

    if is_for_runway and not name:
        raise SettingsError("Which model is to be served to clients of Runway?", hint="gesso serve pose --runway")
    if not is_for_runway and (name or pages or has_socketio):
        hint = f"Every model is served. For old clients of Runway: gesso serve {name or 'pose'} --runway"
        raise SettingsError("A model, --page and --socket-io go with --runway alone.", hint=hint)
    if not is_for_runway:
        return None
    from gesso.hosting.tokens import check_origin

    origins = tuple(map(check_origin, pages))
    from gesso.server.run import LocalOrder  # its libraries take a while

    return LocalOrder(reference=name, pages=origins, has_socketio=has_socketio)


class Serving:
    """A server in the foreground, and what it says of itself in the terminal. `then` is done as soon as it serves."""

    def __init__(
        self,
        settings: Settings,
        terminal: Terminal,
        *,
        is_opening: bool = False,
        is_new_key: bool = False,
        then: Callable[[], Coroutine[Any, Any, None]] | None = None,
        local: LocalOrder | None = None,
    ) -> None:
        self._settings = settings
        self._terminal = terminal
        self._is_opening = is_opening
        self._is_new_key = is_new_key
        self._then = then
        self._doing: asyncio.Task[None] | None = None
        self._local = local

    async def run(self, *, host: str, port: int | None) -> None:
        """Serve until somebody stops it. A port that nobody named may be another one if it is taken."""
        from gesso.app import App
        from gesso.server.run import serve

        async with App(self._settings, report=self._terminal.report) as app:
            await serve(
                app,
                host=host,
                port=_PORT if port is None else port,
                may_move=port is None,
                is_new_key=self._is_new_key,
                local=self._local,
                on_ready=self._ready,
                on_stop=self._stopping,
            )
            await self._stopped(app)

    def _ready(self, listening: Listening) -> None:
        terminal = self._terminal
        self._tell(f"Gesso is at {listening.url}")
        if self._settings.public_url:
            self._tell(f"The web reaches it at {self._settings.public_url}/")
        if listening.link != listening.url:
            self._tell(f"This link opens it, and signs a browser in; keep it to yourself:\n  {listening.link}")
        elif (self._settings.needs_key or self._settings.public_url) and not self._is_opening:
            terminal.say("It asks for its key. A browser that was signed in still is; --new-key prints a new link.")
        if listening.local is not None:
            self._tell(_local_words(listening.local))
        terminal.say("Ctrl-C stops it.", style="dim")
        if self._is_opening:
            link = listening.link if listening.link != listening.url else signed_in(listening.url, self._settings)
            _open(link, self._settings, terminal=terminal)
        if self._then is not None:
            self._doing = asyncio.get_running_loop().create_task(self._then())

    def _tell(self, text: str) -> None:
        """Print a line; a server whose standard output is closed says it on the other one, and serves all the same."""
        from gesso.errors import StorageError

        try:
            self._terminal.result(text)
        except StorageError:
            self._terminal.say(text)

    def _stopping(self) -> None:
        from gesso.server.run import GRACE_S

        self._terminal.say(f"Stopping. What is not done in {GRACE_S:g} seconds goes back into the queue.")

    async def _stopped(self, app: App) -> None:
        waiting = len(await app.jobs.list(status=("queued",), limit=200))
        if waiting:
            self._terminal.say(f"{waiting} {'job waits' if waiting == 1 else 'jobs wait'} for the next start.")


def _local_words(local: LocalAddresses) -> str:
    lines = [
        f"{local.name} is there for clients of Runway, on this computer alone:",
        f"  HTTP  {local.http_url}",
        f"  OSC   port {local.osc_port}; answers go to whoever asks, and to port {local.listeners_port}",
    ]
    return "\n".join([*lines, *([f"  Socket.IO  {local.socketio_url}"] if local.socketio_url else [])])


def signed_in(url: str, settings: Settings) -> str:
    """Return the address of a server of this home, with the key that it has lent if it asks for one."""
    from gesso.server.owner import find_lent_key

    key = find_lent_key(settings.home)
    return f"{url}?key={key}" if key else url


def _open(link: str, settings: Settings, *, terminal: Terminal) -> None:
    from gesso.cli.browser import open_browser

    if not open_browser(link, settings.home):
        terminal.say("There is no browser here to open it with: open the address yourself.")
