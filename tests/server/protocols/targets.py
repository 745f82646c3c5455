"""A target of webhooks: a server on this computer that keeps what it is told, and answers as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Target:
    """What has come. `statuses` are the answers, the last of them for ever; `wait_s` is how slow it is."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    wait_s: float = 0.0
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The predictions that it was told of."""
        return [json.loads(body) for body in self.bodies]

    def has(self, status: str) -> bool:
        """Say whether it was told of a status."""
        return any(each["status"] == status for each in self.told)


@contextmanager
def target(statuses: list[int] | None = None, *, wait_s: float = 0.0) -> Iterator[Target]:
    """Listen for webhooks."""
    kept = Target(statuses=statuses or [200], wait_s=wait_s)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(kept.wait_s)
            status = kept.statuses.pop(0) if len(kept.statuses) > 1 else kept.statuses[0]
            kept.times.append(time.monotonic())
            kept.heads.append({name.lower(): value for name, value in self.headers.items()})
            kept.bodies.append(body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook?a=b"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
