"""Requests of the open protocols as JSON: read when it is known who sends them, and not before."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from gesso.server.direct.arrival import MOST_BYTES, QUICK_BYTES, whole_body
from gesso.server.direct.room import Direct

_M = TypeVar("_M", bound=BaseModel)


async def read_json(
    direct: Direct, request: Request, *, kind: type[_M], guest: str, limit_bytes: int = MOST_BYTES
) -> _M:
    """Return the body of a request whose guest may send one. Raises `RequestValidationError` and as `whole_body`."""
    with direct.places.receive(guest) as delivery:
        body = await whole_body(request, delivery, is_json=True, limit_bytes=limit_bytes)
        try:
            if len(body) <= QUICK_BYTES:
                return kind.model_validate_json(body)
            return await direct.threads.call(kind.model_validate_json, body)
        except ValidationError as error:
            wrong = [{**dict(each), "loc": ("body", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(wrong) from error
