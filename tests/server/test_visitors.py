from __future__ import annotations

import pytest

from gesso.server.visitors import Visit, Visitors, is_loopback

HERE = Visitors(address="127.0.0.1", port=5142)
OUT = Visitors(address="0.0.0.0", port=5142, hosts=["gesso.example.org", "box.local:8000"])
LISTED = Visitors(
    address="127.0.0.1", port=5142, origins=["https://editor.p5js.org", "http://localhost:*", "*", "null", "https://*"]
)


@pytest.mark.parametrize("host", ["127.0.0.1:5142", "localhost:5142", "LOCALHOST:5142", "[::1]:5142", "127.1.2.3:5142"])
def test_this_computers_own_names_are_let_in(host: str) -> None:
    assert HERE.refuse(Visit(host=host)) == ""


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example:5142",  # a name that was bent to point here (DNS rebinding)
        "localhost.evil.example:5142",
        "127.0.0.1.nip.io:5142",
        "localhost",
        "localhost:80",
        "localhost:51420",
        "localhost:5142:5142",
        "localhost:5142@evil.example",
        "evil@localhost:5142",
        "localhost.:5142",
        " localhost:5142",
        "localhost:5142 ",
        "localhost:5142\n",
        "localhost:٥١٤٢",
        "0.0.0.0:5142",
        "192.168.1.5:5142",
        "2130706433:5142",
        "0x7f.1:5142",
        "[::ffff:192.168.1.5]:5142",
        "[fe80::1]:5142",
        "::1:5142",
        "local_host:5142",
        "/:5142",
    ],
)
def test_every_other_host_stays_out(host: str | None) -> None:
    assert HERE.refuse(Visit(host=host))


def test_a_server_for_others_takes_digits_and_listed_names_and_no_others() -> None:
    for host in ("192.168.1.5:5142", "[fd00::5]:5142", "localhost:5142", "gesso.example.org", "gesso.example.org:443"):
        assert OUT.refuse(Visit(host=host)) == ""
    assert OUT.refuse(Visit(host="box.local:8000")) == ""
    for host in ("192.168.1.5:80", "box.local", "box.local:5142", "evil.example:5142"):
        assert OUT.refuse(Visit(host=host))


OWN = "127.0.0.1:5142"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:5142", "http://localhost:5142", "http://[::1]:5142"])
def test_the_studios_own_pages_are_let_in(origin: str) -> None:
    assert HERE.refuse(Visit(host=OWN, origin=origin)) == ""


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "https://evil.example",
        "http://evil.example:5142",
        "http://localhost",
        "http://localhost:3000",  # another program of this computer, which may show anything
        "https://localhost:5142",
        "file://",
        "chrome-extension://abcdef",
        "http://localhost:5142.evil.example",
        "http://localhost:5142@evil.example",
        "http://localhost:5142/",
        "http://127.0.0.1:5142, http://evil.example",
    ],
)
def test_every_other_origin_stays_out(origin: str) -> None:
    assert HERE.refuse(Visit(host=OWN, origin=origin))


@pytest.mark.parametrize("origin", ["https://editor.p5js.org", "http://localhost:3000", "http://localhost"])
def test_a_listed_page_is_let_in(origin: str) -> None:
    assert LISTED.refuse(Visit(host=OWN, origin=origin)) == ""


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "https://evil.example",
        "http://editor.p5js.org",
        "https://editor.p5js.org:444",
        "https://sub.editor.p5js.org",
        "https://localhost:3000",
        "http://localhost.evil.example:3000",
        "http://localhost:@evil.example",
        "http://localhost:x",
        "http://[::1",
    ],
)
def test_a_list_means_what_it_says_and_neither_star_nor_null(origin: str) -> None:
    assert LISTED.refuse(Visit(host=OWN, origin=origin))


def test_a_listed_page_must_still_name_the_server() -> None:
    assert LISTED.refuse(Visit(host="evil.example:5142", origin="https://editor.p5js.org"))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_foreign_page_embeds_stays_out_and_a_link_may_be_followed(site: str) -> None:
    assert HERE.refuse(Visit(host=OWN, fetch_site=site))
    assert HERE.refuse(Visit(host=OWN, fetch_site=site, is_followed_link=True)) == ""


@pytest.mark.parametrize("site", [None, "none", "same-origin"])
def test_our_own_page_the_address_bar_and_programs_are_let_in(site: str | None) -> None:
    assert HERE.refuse(Visit(host=OWN, fetch_site=site)) == ""


def test_behind_a_proxy_with_tls_the_listed_name_is_the_studios() -> None:
    assert OUT.refuse(Visit(host="gesso.example.org", origin="https://gesso.example.org")) == ""
    assert OUT.refuse(Visit(host="gesso.example.org", origin="https://evil.example"))


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9"])
def test_loopback_is_known(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.168.1.5", "gesso.example.org", "localhost.evil"])
def test_nothing_else_is_taken_for_loopback(address: str) -> None:
    assert not is_loopback(address)
