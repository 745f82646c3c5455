"""Repositories on this computer, and a web server that gives them out as github.com does: by `git http-backend`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(folder: Path, *words: str, given: bytes = b"") -> str:
    """Run git in a folder as somebody who writes a repository would. Returns what it prints."""
    command = ["git", "-C", str(folder), "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(command, input=given, capture_output=True, check=False, env=os.environ | _QUIET)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository with one commit, on the branch main."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, files or {"model.py": '"""Posterise: fewer colours."""\nraise RuntimeError("it has run")\n'})
    return folder


def commit(folder: Path, files: dict[str, str]) -> str:
    """Write files and commit all that is in the folder. Returns the commit."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A change")
    return git(folder, "rev-parse", "HEAD")


@dataclass
class GitServer:
    """A server of the repositories in `root`. `asked` are the addresses that were asked for, `lead_to` a redirect."""

    root: Path
    port: int = 0
    asked: list[str] = field(default_factory=list)
    lead_to: str = ""
    status: int = 0

    def url(self, name: str) -> str:
        return f"git+http://127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def serving_repositories(root: Path) -> Iterator[GitServer]:
    """Serve the repositories in a folder until the end of the context."""
    server = GitServer(root)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            server.asked.append(self.path)
            if server.lead_to or server.status:
                self.send_response(server.status or 302)
                self.send_header("Location", server.lead_to + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            head, _, content = self._backend(body).partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200").partition(" ")[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _backend(self, body: bytes) -> bytes:
            path, _, query = self.path.partition("?")
            variables = {
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            done = subprocess.run(
                ["git", "http-backend"], input=body, capture_output=True, check=False, env=os.environ | variables
            )
            return done.stdout

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.port = listening.server_address[1]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield server
        listening.shutdown()
