"""What the other files of the package stand on. The names are those of Runway's SDK: tests of models use them."""

from __future__ import annotations

import contextlib
import gzip
import inspect
import os
import re
import tarfile
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import numpy as np
from PIL import Image

from runway.palette import GLASBEY_BW

if TYPE_CHECKING:
    from runway.data_types import BaseType

URL_REGEX = re.compile(
    r"^(?:http|ftp)s?://"
    r"(?:(?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+(?:[A-Z]{2,6}\.?|[A-Z0-9-]{2,}\.?)|"
    r"localhost|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})"
    r"(?::\d+)?(?:/?|[/?]\S+)$",
    re.IGNORECASE,
)
_CHUNK_BYTES = 10_000_000
_AT_ONCE = 16


def is_url(path: str) -> re.Match[str] | None:
    """Say whether a text is an address."""
    return URL_REGEX.match(path)


def cast_to_obj(cls_or_obj: Any) -> Any:
    """Return an object: the one that is given, or one of the class that is."""
    return cls_or_obj() if inspect.isclass(cls_or_obj) else cls_or_obj


def argspec(fn: Callable[..., Any]) -> inspect.FullArgSpec:
    """Return the arguments of a function."""
    return inspect.getfullargspec(fn)


def timestamp_millis() -> int:
    """Return the time in milliseconds."""
    return int(time.time() * 1000)


def generate_uuid() -> str:
    """Return a new id."""
    return uuid.uuid4().hex


def try_cast_np_scalar(value: Any) -> Any:
    """Return a number of numpy as one of Python, and anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def get_color_palette(name: str) -> list[list[int]]:
    """Return a palette. There is one: "glasbey_bw"."""
    if name != "glasbey_bw":
        raise AttributeError(name)
    return [list(colour) for colour in GLASBEY_BW]


# -- fields -----------------------------------------------------------------------------------------------------------


def serialize_command(cmd: Mapping[str, Any]) -> dict[str, Any]:
    """Return a command as JSON."""
    return {
        "name": cmd["name"],
        "description": cmd["description"],
        "inputs": [field.to_dict() for field in cmd["inputs"]],
        "outputs": [field.to_dict() for field in cmd["outputs"]],
    }


def deserialize_data(data: Mapping[str, Any], fields: Sequence[BaseType]) -> dict[str, Any]:
    """Return the values of inputs by name. What is missing has its default as it stands, or raises an exception."""
    values = {}
    for field in fields:
        if field.name in data:
            values[field.name] = field.deserialize(data[field.name])
        elif hasattr(field, "default"):
            values[field.name] = field.default
        else:
            raise Exception("Missing field:", field.name)
    return values


def serialize_data(
    data: Any, fields: Sequence[BaseType], output_formats: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what a command gave as JSON, by name; a bare value is that of the only output."""
    formats = output_formats or {}
    if not isinstance(data, dict) and len(fields) == 1:
        data = {fields[0].name: data}
    return {field.name: field.serialize(data[field.name], output_format=formats.get(field.name)) for field in fields}


def parse_output_formats_from_header(value: str) -> dict[str, str]:
    """Read the header X-Runway-Output-Format: "name=PNG; other=EXR"."""
    pairs = (item.strip().partition("=") for item in value.split(";") if item.strip())
    return {name: output_format for name, _, output_format in pairs}


# -- requests ---------------------------------------------------------------------------------------------------------


def gzip_compress(data: bytes) -> bytes:
    """Pack bytes."""
    return gzip.compress(data)


def gzip_decompress(data: bytes) -> bytes:
    """Unpack bytes."""
    return gzip.decompress(data)


def get_json_or_none_if_invalid(request: Any) -> Any:
    """Return the JSON of a request's body, whatever its type is said to be; None if it is none."""
    import json

    if request.headers.get("content-encoding") == "gzip" and request.headers.get("content-type") == "application/json":
        try:
            return json.loads(gzip_decompress(request.get_data()))
        except (OSError, EOFError, ValueError):
            return None
    return request.get_json(force=True, silent=True)


# -- pictures ---------------------------------------------------------------------------------------------------------


def encode_image(image: Image.Image, image_format: str) -> bytes:
    """Return a picture as a file: PNG, JPEG, or EXR with values from 0 to 1."""
    buffer = BytesIO()
    if image_format.upper() in {"PNG", "JPEG"}:
        image.save(buffer, format=image_format)
    else:
        import imageio  # only for EXR, which PIL does not write

        imageio.plugins.freeimage.download()
        imageio.imwrite(buffer, np.asarray(image, np.float32) / np.float32(255), format="exr")
    return buffer.getvalue()


def adjust_dynamic_range(data: Any, drange_in: Sequence[float], drange_out: Sequence[float]) -> Any:
    """Return numbers of one range in another."""
    scale = (drange_out[1] - drange_out[0]) / (drange_in[1] - drange_in[0])
    return data * np.float32(scale) + np.float32(drange_out[0] - drange_in[0] * scale)


# -- files ------------------------------------------------------------------------------------------------------------


def get_file_suffix_from_url(url: str) -> str:
    """Return the endings of the file at an address: ".tar.gz"."""
    parts = os.path.basename(urlparse(url).path).split(".")[1:]
    return f".{'.'.join(parts)}" if parts else ""


def get_download_chunks(total_size: int, chunk_size: float = _CHUNK_BYTES) -> Iterator[list[int]]:
    """Yield the first and last byte of each part of a file."""
    count = max(1, int(total_size // chunk_size))
    size = total_size // count
    for number in range(count):
        yield [size * number, total_size - 1 if number == count - 1 else size * (number + 1) - 1]


def download_file(url: str, n_processes: int = _AT_ONCE) -> str:
    """Fetch a file from an address into a temporary one, in parts side by side if the server can; return its path."""
    descriptor, path = tempfile.mkstemp(suffix=get_file_suffix_from_url(url))
    os.close(descriptor)
    total = _ranged_size(url)
    if total is None:
        _download_part(url, path, None)
        return path
    with open(path, "r+b") as file:
        file.truncate(total)
    with ThreadPoolExecutor(n_processes) as threads:
        for _ in threads.map(lambda part: _download_part(url, path, part), list(get_download_chunks(total))):
            pass
    return path


def _ranged_size(url: str) -> int | None:
    """Return how large a file is if its server gives parts of it, else None."""
    if not url.lower().startswith("http"):
        return None
    with contextlib.suppress(OSError), urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
        if answer.headers.get("accept-ranges") == "bytes" and answer.headers.get("content-length"):
            return int(answer.headers["content-length"])
    return None


def _download_part(url: str, path: str, part: Iterable[int] | None) -> None:
    request = urllib.request.Request(url)
    start = 0
    if part is not None:
        start, end = part
        request.add_header("Range", f"bytes={start}-{end}")
    with urllib.request.urlopen(request) as answer, open(path, "r+b") as file:
        file.seek(start)
        while chunk := answer.read(1024 * 1024):
            file.write(chunk)


def extract_tarball(path: str) -> str:
    """Unpack an archive into a new folder and return that; nothing in it can lie outside of the folder."""
    if not hasattr(tarfile, "data_filter"):  # Python 3.11.0 to 3.11.3
        raise tarfile.ExtractError("An archive is unpacked safely by Python 3.11.4 or newer; this one is older.")
    folder = tempfile.mkdtemp()
    with tarfile.open(path, "r:*", errors="ignore") as archive:
        archive.extractall(folder, filter="data")
    return folder
