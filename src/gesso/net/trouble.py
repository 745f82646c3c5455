"""What went wrong between two computers, in words: numbers of the system say nothing to most people."""

from __future__ import annotations

import http.client
import socket
import ssl


def in_words(error: Exception) -> str:
    """Return the second half of "it cannot be reached: ..."."""
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, ConnectionError | http.client.IncompleteRead):
        return "the connection broke off"
    if isinstance(error, socket.gaierror):
        return "there is no computer of that name"
    if isinstance(error, ssl.SSLError):
        return "it does not speak HTTPS as it should"
    if isinstance(error, http.client.HTTPException):
        return "what answers there does not speak HTTP as it should"
    words = str(getattr(error, "strerror", None) or error) or "it did not come to that"
    return words[:1].lower() + words[1:]
