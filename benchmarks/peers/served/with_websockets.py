"""A bare WebSocket. `python -m benchmarks.peers.served.with_websockets Live 8000 echo|inline`."""

import sys
from collections.abc import Callable
from http import HTTPStatus

import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from benchmarks.peers.served import model


async def main(port: int, work: Callable[[bytes], bytes]) -> None:
    """Serve until the end."""

    async def answer(socket: ServerConnection) -> None:
        async for frame in socket:
            await socket.send(work(bytes(frame)))  # type: ignore[arg-type] # a camera sends no text

    def health(socket: ServerConnection, request: Request) -> Response | None:
        return socket.respond(HTTPStatus.OK, "ok") if request.path == "/health" else None

    async with serve(answer, "127.0.0.1", port, compression=None, max_size=None, process_request=health) as server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[2]), model.picture if sys.argv[3] == "inline" else bytes))
