from __future__ import annotations

import http.client
import socket
import ssl

import pytest

from gesso.net.trouble import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens there"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection broke off"),
        (http.client.RemoteDisconnected("x"), "the connection broke off"),
        (http.client.IncompleteRead(b""), "the connection broke off"),
        (socket.gaierror(-2, "Name or service not known"), "there is no computer of that name"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "it does not speak HTTPS"),
        (http.client.BadStatusLine("x"), "what answers there does not speak HTTP"),
        (OSError(113, "No route to host"), "no route to host"),
        (OSError(), "it did not come to that"),
    ],
)
def test_it_is_said_in_words(error: Exception, words: str) -> None:
    said = in_words(error)
    assert said.startswith(words)
    assert "Errno" not in said
