from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any

import httpx
import PIL.Image
import pytest

from gesso.app import App
from gesso.server.thumbnails import Thumbnails
from tests.net.files import serving_file

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XML = b'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'
HTML = b"<!doctype html><script>alert(1)</script>"


def png(width: int = 64, height: int = 48, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    PIL.Image.new(mode, (width, height), 128).save(file, "PNG")
    return file.getvalue()


async def put(client: httpx.AsyncClient, data: bytes, name: str = "file") -> str:
    answer = await client.post("/api/v1/files", content=data, params={"name": name})
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert kept["blob"] == hashlib.sha256(data).hexdigest()
    return str(kept["blob"])


async def test_a_file_comes_back_as_it_was(client: httpx.AsyncClient) -> None:
    data = png()
    answer = await client.get(f"/api/v1/files/{await put(client, data, 'fox.png')}")
    assert answer.content == data
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "immutable" in answer.headers["Cache-Control"]


async def test_a_form_with_a_file_is_the_same(client: httpx.AsyncClient) -> None:
    data = png()
    form: list[tuple[str, Any]] = [("note", (None, b"hello")), ("file", ("fox.png", data, "text/html"))]
    kept = (await client.post("/api/v1/files", files=form)).json()
    assert kept == {
        "blob": hashlib.sha256(data).hexdigest(),
        "name": "fox.png",
        "media_type": "image/png",
        "size_bytes": len(data),
    }


async def test_a_file_is_fetched_from_an_address(app: App, client: httpx.AsyncClient) -> None:
    app.settings = app.settings.model_copy(update={"fetch_private": True})
    with serving_file(png()) as elsewhere:
        answer = await client.post("/api/v1/files/fetched", json={"url": elsewhere.url})
    assert answer.status_code == 201, answer.text
    assert answer.json()["media_type"] == "image/png"
    assert (await client.get(f"/api/v1/files/{answer.json()['blob']}")).content == png()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/fox.png", "file:///etc/passwd", "fox.png", ""])
async def test_an_address_that_may_not_be_fetched_says_why(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.post("/api/v1/files/fetched", json={"url": url})
    assert answer.status_code == 422
    assert answer.json()["code"] == "fetch"
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"not a form"),
        ("multipart/form-data; boundary=b", b"--b\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nno file\r\n--b--'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\ncut short'),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A" * 40_000 + b": b\r\n\r\n\r\n--b--"),
        ("multipart/form-data; boundary=" + "b" * 500, b"x"),
    ],
)
async def test_a_broken_form_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, home: Path, kind: str, body: bytes
) -> None:
    answer = await client.post("/api/v1/files", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "input"
    assert not [path for path in (home / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("page.html", HTML),
        ("page.htm", HTML),
        ("page.xhtml", HTML),
        ("feed.xml", XML),
        ("feed.rss", XML),
        ("sheet.xsl", XML),
        ("drawing.svgz", b"\x1f\x8b\x08"),
        ("feed.txt.xml", XML),
        ("script.js", b"alert(1)"),
        ("script.mjs", b"alert(1)"),
        ("page.shtml", HTML),
        ("page.txt.html", HTML),
        ("font.woff2", b"wOF2"),
        ("sheet.css", b"body{}"),
        ("doc.pdf", b"%PDF-1.7"),
        ("flash.swf", b"FWS"),
        ("archive.zip", b"PK\x03\x04"),
        ("no-ending", HTML),
        ("sneaky.mhtml", b"From: x\r\nContent-Type: multipart/related"),
    ],
)
async def test_what_a_browser_could_run_is_only_saved(client: httpx.AsyncClient, name: str, data: bytes) -> None:
    answer = await client.get(f"/api/v1/files/{await put(client, data, name)}", params={"name": name})
    assert answer.content == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_text_is_shown_as_plain_text_even_if_it_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/files/{await put(client, HTML, 'a.txt')}", params={"name": "a.txt"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nSet-Cookie: x=y.png",
        'a"; filename="evil.html',
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "a\0b.png",
        "фото 🦊.png",
        "con.png",
        "x" * 400 + ".png",
        "a;b,c=d.png",
        "%0d%0aX: y",
    ],
)
async def test_a_name_cannot_say_more_than_a_name(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/api/v1/files/{await put(client, png(), name)}", params={"name": name})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    said = answer.headers["Content-Disposition"]
    assert said.isascii()
    assert said.count('"') == 2
    assert "/" not in said
    assert "\\" not in said


async def test_a_part_of_a_file_is_handed_out(client: httpx.AsyncClient) -> None:
    path = f"/api/v1/files/{await put(client, bytes(range(100)))}"
    part = await client.get(path, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == bytes(range(10, 20))
    assert part.headers["Content-Range"] == "bytes 10-19/100"
    assert (await client.get(path, headers={"Range": "bytes=-5"})).content == bytes(range(95, 100))
    again = await client.get(path, headers={"Range": "bytes=10-19", "If-Range": part.headers["ETag"]})
    assert again.status_code == 206


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=100-",
        "bytes=-0",
        "bytes=5-2",
        "bytes=200-",
        "bytes=0-1,100-",
        "bytes=a-b",
        "lines=1-2",
        "bytes=",
        "bytes=-",
        "bytes",
        "bytes=0-0," * 200,
    ],
)
async def test_a_part_that_cannot_be_is_refused(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get(f"/api/v1/files/{await put(client, b'x' * 100)}", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.json()["code"] == "range"
    assert answer.headers["Content-Range"] == "bytes */100"


async def test_a_part_of_a_picture_of_ours_cannot_be_either(client: httpx.AsyncClient) -> None:
    digest = await put(client, png())
    for path in (f"/api/v1/files/{digest}/thumbnail", "/api/v1/models/pose/preview"):
        answer = await client.get(path, headers={"Range": "bytes=9999999-"})
        assert (answer.status_code, answer.json()["code"]) == (416, "range")


async def test_a_file_that_goes_while_it_is_handed_out_is_not_there(
    app: App, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = await put(client, png())
    path = app.blobs.path

    def gone(asked: str) -> Path:
        found = path(asked)
        app.blobs.remove(asked, unused_since=time.time() + 60)
        return found

    refer = app.blobs.refer(digest)
    monkeypatch.setattr(app.blobs, "path", gone)
    monkeypatch.setattr(app.blobs, "refer", lambda *_: refer)
    answer = await client.get(f"/api/v1/files/{digest}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "digest",
    ["x", "0" * 64, "0" * 63, "A" * 64, "..%2f..%2fgesso.db", "%2e%2e", "0" * 62 + "%2f%2e", "0" * 64 + "%00", "blob"],
)
@pytest.mark.parametrize("end", ["", "/information", "/thumbnail"])
async def test_an_id_is_never_a_path(client: httpx.AsyncClient, digest: str, end: str) -> None:
    answer = await client.get(f"/api/v1/files/{digest}{end}")
    assert answer.status_code in {404, 422}
    assert set(answer.json()) >= {"code", "message", "hint"}


async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    app: App, client: httpx.AsyncClient, home: Path
) -> None:
    app.settings = app.settings.model_copy(update={"upload_limit_bytes": 1000})

    async def dribble() -> object:
        for _ in range(20):
            yield b"x" * 100

    for body in (b"x" * 2000, dribble()):
        answer = await client.post("/api/v1/files", content=body)  # type: ignore[arg-type]  # the two kinds of body
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"
    assert not [path for path in (home / "blobs").rglob("*") if path.is_file()]


async def test_thumbnails_are_small_and_kept(client: httpx.AsyncClient, home: Path) -> None:
    for mode in ("RGB", "RGBA", "L", "P", "I;16"):
        digest = await put(client, png(900, 300, mode))
        for size in (128, 256):
            answer = await client.get(f"/api/v1/files/{digest}/thumbnail", params={"size": size})
            assert answer.headers["Content-Type"] == "image/webp"
            with PIL.Image.open(io.BytesIO(answer.content)) as small:
                assert small.size == (size, round(size / 3))
    made = {path: path.stat().st_mtime_ns for path in (home / "cache" / "thumbnails").rglob("*.webp")}
    assert len(made) == 10
    assert (await client.get(f"/api/v1/files/{digest}/thumbnail")).status_code == 200
    assert {path: path.stat().st_mtime_ns for path in made} == made


async def test_the_thumbnail_of_a_file_that_is_gone_goes_too(app: App, client: httpx.AsyncClient, home: Path) -> None:
    thumbnails = Thumbnails(home / "cache" / "thumbnails", app.blobs)
    stays, goes = await put(client, png(10, 10)), await put(client, png(20, 20))
    for digest in (stays, goes):
        await client.get(f"/api/v1/files/{digest}/thumbnail")
    app.blobs.remove(goes, unused_since=time.time() + 60)
    thumbnails.sweep()
    left = [path.parent.name + path.stem.partition("-")[0] for path in (home / "cache").rglob("*.webp")]
    assert left == [stays]


@pytest.mark.parametrize("size", ["0", "-1", "257", "100000", "x", "1e3", ""])
async def test_thumbnails_have_few_sizes(client: httpx.AsyncClient, size: str) -> None:
    digest = await put(client, png())
    assert (await client.get(f"/api/v1/files/{digest}/thumbnail", params={"size": size})).status_code == 422


async def test_what_is_no_picture_or_a_bomb_has_no_thumbnail(client: httpx.AsyncClient) -> None:
    bomb = io.BytesIO()
    PIL.Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    for data in (b"", b"hello", SVG, png()[:60], b"%!PS-Adobe", bomb.getvalue()):
        answer = await client.get(f"/api/v1/files/{await put(client, data)}/thumbnail")
        assert answer.status_code == 422, data[:20]
        assert answer.json()["where"] == "file"


async def test_information_says_what_a_file_is(client: httpx.AsyncClient) -> None:
    digest = await put(client, b"{}")
    said = (await client.get(f"/api/v1/files/{digest}/information", params={"name": "a.json"})).json()
    assert said == {"blob": digest, "name": "a.json", "media_type": "application/json", "size_bytes": 2}
    assert json.loads((await client.get(f"/api/v1/files/{digest}")).content) == {}
