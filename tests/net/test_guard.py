from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from typing import Any

import httpcore
import pytest

from gesso.errors import FetchError
from gesso.net import guard as guard_file
from gesso.net.guard import Guard, is_never_allowed, is_private, resolve

PUBLIC = ("8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8")
PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:192.168.1.1",
    "64:ff9b::10.0.0.1",
    "::127.0.0.1",
)
NEVER = (
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.1.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:1::1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert not is_never_allowed(ipaddress.ip_address(address))
    assert not is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_never_allowed(ipaddress.ip_address(address))
    assert is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NEVER)
def test_addresses_from_which_nobody_may_fetch(address: str) -> None:
    assert is_never_allowed(ipaddress.ip_address(address))


class Connector(httpcore.NetworkBackend):
    """Stands for the network; remembers where it was asked to connect."""

    def __init__(self, *failing: str) -> None:
        self.asked: list[tuple[str, int]] = []
        self.server_hostname: str | None = None
        self._failing = failing

    def connect_tcp(self, host: str, port: int, *_: Any) -> httpcore.NetworkStream:
        self.asked.append((host, port))
        if host in self._failing:
            raise httpcore.ConnectError
        return Stream(self)


class Stream(httpcore.NetworkStream):
    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def start_tls(self, _: ssl.SSLContext, server_hostname: str | None = None, *__: Any) -> httpcore.NetworkStream:
        self._connector.server_hostname = server_hostname
        wrong = ssl.SSLCertVerificationError("certificate verify failed")
        wrong.verify_message = "Hostname mismatch"
        raise httpcore.ConnectError from wrong

    def close(self) -> None:
        pass


def guard(monkeypatch: pytest.MonkeyPatch, *addresses: str, connector: Connector, allow_private: bool = False) -> Guard:
    """Return a guard for a world in which every name has these addresses."""
    monkeypatch.setattr(guard_file, "resolve", lambda *_: [ipaddress.ip_address(address) for address in addresses])
    made = Guard(allow_private=allow_private, deadline_s=time.monotonic() + 5)
    monkeypatch.setattr(made, "_connector", connector)
    return made


def test_it_connects_to_the_address_that_it_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector("8.8.8.8")
    guarded = guard(monkeypatch, "8.8.8.8", "2606:4700::1111", connector=connector)
    guarded.connect_tcp("example.org", 443)
    assert connector.asked == [("8.8.8.8", 443), ("2606:4700::1111", 443)]
    assert not guarded.has_met_private


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER])
def test_one_forbidden_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    connector = Connector()
    with pytest.raises(FetchError, match=r"example\.org"):
        guard(monkeypatch, "8.8.8.8", address, connector=connector).connect_tcp("example.org", 80)
    assert connector.asked == []


def test_private_networks_can_be_opened_and_the_rest_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = guard(monkeypatch, "192.168.1.1", connector=Connector(), allow_private=True)
    opened.connect_tcp("camera", 80)
    assert opened.has_met_private
    for address in NEVER:
        with pytest.raises(FetchError, match="not a place on the web"):
            guard(monkeypatch, address, connector=Connector(), allow_private=True).connect_tcp("x", 80)


def test_the_certificate_is_asked_for_the_name_and_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector()
    guarded = guard(monkeypatch, "8.8.8.8", connector=connector)
    with (
        httpcore.ConnectionPool(network_backend=guarded) as pool,
        pytest.raises(FetchError, match=r"cannot prove that it is example\.org: Hostname mismatch"),
    ):
        pool.request("GET", "https://example.org/")
    assert connector.asked == [("8.8.8.8", 443)]
    assert connector.server_hostname == "example.org"


def test_there_is_no_way_around_by_files(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotImplementedError):
        guard(monkeypatch, connector=Connector()).connect_unix_socket("/var/run/docker.sock")


def test_after_the_deadline_nothing_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    late = guard(monkeypatch, "8.8.8.8", connector=Connector())
    monkeypatch.setattr(late, "_deadline_s", time.monotonic() - 1)
    with pytest.raises(httpcore.TimeoutException):
        late.connect_tcp("example.org", 80)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]".strip("[]")])
def test_other_ways_to_write_this_computer(host: str) -> None:
    try:
        addresses = resolve(host, 80)
    except httpcore.ConnectError:
        return  # some systems do not know this way: as good
    assert addresses
    assert all(map(is_private, addresses))


@pytest.mark.parametrize("host", ["", "x" * 70, "a..b", "nowhere.invalid", "\udcff"])
def test_hosts_that_are_none(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    if host == "nowhere.invalid":
        monkeypatch.setattr(socket, "getaddrinfo", unknown)  # asks no name server from a test
    with pytest.raises(httpcore.ConnectError):
        guard_file.resolve(host, 99999 if not host else 80)
