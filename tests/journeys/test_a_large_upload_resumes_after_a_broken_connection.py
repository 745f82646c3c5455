"""2 GB arrive over connections that break, go on where they were, and never lie in the server's memory."""

from __future__ import annotations

import hashlib
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.server.program import Program, running

SIZE_BYTES = 2_000_000_000
CHUNK = bytes(1_000_000)
BREAKS_AT = (1, 300_000_000, 999_999_999)  # bytes of a part before its connection breaks
MOST_GROWTH_BYTES = 80_000_000


@pytest.fixture
def roomy_home(home: Path) -> Path:
    if shutil.disk_usage(home).free < 3 * SIZE_BYTES:
        pytest.skip("needs 6 GB of room in the folder for temporary files")
    return home


def chunks(size_bytes: int) -> Iterator[bytes]:
    for start in range(0, size_bytes, len(CHUNK)):
        yield CHUNK[: size_bytes - start]


def send_and_break(program: Program, path: str, *, offset: int, count: int) -> None:
    """Send the head of a request for all that is left and only `count` bytes of it, and tear the connection down."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\nUpload-Offset: {offset}\r\n"
        f"Content-Length: {SIZE_BYTES - offset}\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", program.port)) as line:
        line.sendall(head.encode())
        for chunk in chunks(count):
            line.sendall(chunk)


def settled_offset(client: httpx.Client, path: str) -> int:
    """Return how much has come, once the server has noticed that no more does."""
    while (answer := client.patch(path, content=b"", headers={"Upload-Offset": "0"})).status_code == 409:
        if "begins at byte" in answer.json()["message"]:
            break
    return int(client.get(path).json()["offset_bytes"])


@pytest.mark.timeout(300)
def test_a_large_upload_resumes_after_a_broken_connection(roomy_home: Path) -> None:
    with running(roomy_home) as program, httpx.Client(base_url=program.address, timeout=60) as client:
        process = psutil.Process(program.process.pid)
        client.get("/api/v1/models")
        before = process.memory_info().rss
        path = f"/api/v1/uploads/{client.post('/api/v1/uploads', json={'size_bytes': SIZE_BYTES}).json()['id']}"
        offset = 0
        for count in BREAKS_AT:
            send_and_break(program, path, offset=offset, count=count)
            arrived = settled_offset(client, path)
            assert offset <= arrived <= offset + count
            assert arrived > offset or count == 1
            offset = arrived
        sent = client.patch(path, content=chunks(SIZE_BYTES - offset), headers={"Upload-Offset": str(offset)})
        assert sent.json()["offset_bytes"] == SIZE_BYTES
        kept = client.post(f"{path}/finish").json()
        whole = hashlib.sha256()
        for chunk in chunks(SIZE_BYTES):
            whole.update(chunk)
        assert kept["blob"] == whole.hexdigest()
        part = client.get(f"/api/v1/files/{kept['blob']}", headers={"Range": f"bytes={SIZE_BYTES - 10}-"})
        assert (part.status_code, part.content) == (206, bytes(10))
        assert _peak(process) - before < MOST_GROWTH_BYTES
        assert program.stop()[0] == 0


def _peak(process: psutil.Process) -> int:
    """Return the most memory that the process ever held; where the system does not say, what it holds now."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return int(process.memory_info().rss)
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
