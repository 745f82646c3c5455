"""Hundreds of requests that somebody made up: none brings the server down, none is told what it must not know."""

from __future__ import annotations

import contextlib
import random
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema

from gesso.server.application import bare
from tests.server.program import Program, running

SCHEMA: OpenApiSchema = schemathesis.openapi.from_dict(bare().openapi())
SECRET = "the-secret-of-the-house"
LEAKS = re.compile(r'Traceback|File \\?"/|site-packages|sqlite3|sqlalchemy|\.py\b.*line \d+|' + SECRET)
ENDLESS = {"streamJobEvents", "streamBotEvents"}
UNSENDABLE = (httpx.InvalidURL, UnicodeEncodeError, TypeError)  # what no client can put into a request
OPERATIONS = [
    found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok) and found.ok().definition.raw["operationId"] not in ENDLESS
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    home = tmp_path_factory.mktemp("home")
    (home / "secret.txt").write_text(SECRET)
    with running(home) as program:
        yield program
        assert program.process.poll() is None, "the server has ended"
        status, said = program.stop()
        assert status == 0
        assert "Traceback" not in said


def check(answer: httpx.Response, program: Program) -> None:
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:500])
    assert not LEAKS.search(answer.text), (answer.request.url, answer.text[:500])
    assert program.process.poll() is None
    if answer.status_code >= 400 and answer.content:
        assert set(answer.json()) >= {"code", "message", "hint"}, answer.text[:500]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.definition.raw["operationId"]) for each in OPERATIONS]
)
def test_what_the_description_lets_one_make_up(program: Program, operation: object) -> None:
    """Requests that fit the description, and requests that just do not."""
    case = st.one_of(
        operation.as_strategy(),  # type: ignore[attr-defined]  # an operation, whose class is not public
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),  # type: ignore[attr-defined]  # as above
    )

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=case)
    def make_up(case: schemathesis.Case[Any]) -> None:
        given = case.as_transport_kwargs(base_url=program.address)
        body = {name: given[name] for name in ("json", "content") if given.get(name) is not None}
        body |= {"content": given["data"]} if isinstance(given.get("data"), bytes | str) else {}
        # there is no TLS here: without `verify=False`, every client would read all of the system's certificates
        with (
            httpx.Client(timeout=30, verify=False) as client,
            contextlib.suppress(httpx.LocalProtocolError, *UNSENDABLE),
        ):
            check(
                client.request(
                    given["method"], given["url"], params=given.get("params"), headers=given.get("headers"), **body
                ),
                program,
            )

    make_up()


PATHS = [
    *("/", "//", "/assets/", "/api/", "/api/v1/", "/api/v1/files/", "/api/v1/uploads/", "/api/v1/jobs/"),
    "/api/v1/models/",
]
TRICKS = [
    *("../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%5c..%5csecret.txt", "....//secret.txt"),
    *("..;/secret.txt", "%252e%252e%252fsecret.txt", "%c0%ae%c0%ae/secret.txt", "..%00/secret.txt"),
    *("secret.txt%00.png", "~/secret.txt", "blobs/../secret.txt", "file:///etc/passwd", "http://169.254.169.254/"),
    *("C:%5cboot.ini", "%5c%5cserver%5cshare", "CON", "NUL.png", ".git/HEAD", "gesso.db", "owner.json"),
    *("server.json", "settings.toml", "%", "%zz", "?", "#", "\u202e", "🦊", "'%20OR%201=1%20--", "{{7*7}}"),
    *("${7*7}", "<script>alert(1)</script>", "%0d%0aSet-Cookie:%20a=b"),
    "a" * 8000,
]


@pytest.mark.parametrize("path", PATHS)
def test_path_tricks_lead_nowhere(program: Program, path: str) -> None:
    with httpx.Client(base_url=program.address, timeout=30) as client:
        for trick in TRICKS:
            for method in ("GET", "HEAD", "DELETE", "PUT"):
                try:
                    request = httpx.Request(method, f"{program.address}{path}{trick}", headers={"Host": host(program)})
                except httpx.InvalidURL:
                    continue
                answer = client.send(request)
                check(answer, program)
                assert "set-cookie" not in answer.headers


def test_raw_paths_lead_nowhere(program: Program) -> None:
    """As no client would write them: httpx puts paths in order, an attacker does not."""
    for trick in (
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/api/v1/files/../../../secret.txt",
        "/./../secret.txt",
    ):
        with socket.create_connection(("127.0.0.1", program.port)) as line:
            line.sendall(f"GET {trick} HTTP/1.1\r\nHost: {host(program)}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
        assert SECRET not in answer
        assert re.match(r"HTTP/1.1 (2|4)", answer)


STRANGERS = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1"},
    {"Host": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "file://"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Origin": "https://evil.example", "Host": "localhost:5142", "X-Forwarded-Host": "localhost:5142"},
]


@pytest.mark.parametrize("headers", STRANGERS)
def test_strangers_learn_nothing(program: Program, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=program.address, timeout=30) as client:
        for path in SCHEMA.raw_schema["paths"]:
            for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
                answer = client.request(method, re.sub(r"{\w+}", "x", path), headers=headers, content=b"{}")
                assert answer.status_code in {400, 403}, (method, path, answer.text)
                assert "access-control-allow-origin" not in answer.headers
                assert SECRET not in answer.text


def host(program: Program) -> str:
    return f"127.0.0.1:{program.port}"


def test_broken_uploads_leave_a_server_that_works(program: Program) -> None:
    """A hundred bodies that lie about their size, break off, or are no forms."""
    chance = random.Random(7)
    for _ in range(100):
        size, said = chance.randrange(3000), chance.randrange(1, 3000)
        form = chance.random() < 0.5
        kind = "multipart/form-data; boundary=b" if form else "application/octet-stream"
        start = b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../x"\r\n\r\n' if form else b""
        head = (
            f"POST /api/v1/files?name=..%2f..%2fx HTTP/1.1\r\nHost: {host(program)}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {said}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", program.port)) as line:
            line.settimeout(5)
            line.sendall(head.encode() + start + chance.randbytes(size))
            line.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError):
                answer = line.recv(65536)
        assert not answer.startswith(b"HTTP/1.1 5"), answer
    assert httpx.get(f"{program.address}/api/v1/health").status_code == 200
