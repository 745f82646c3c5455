"""The data types of Runway's SDK: what each is called in JSON, and how its values go over the wire and come back.

The classes lie in the modules beside this one. They have the names that models use, also where Python has another
meaning for them (`any`, `file`). Models take `np`, `Image` and more from `from runway.data_types import *`, too.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tarfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from runway.base_type import BaseType
from runway.exceptions import InvalidArgumentError, MissingArgumentError
from runway.file_types import directory, file
from runway.picture_types import image, segmentation
from runway.place_types import image_bounding_box, image_landmarks, image_point
from runway.plain_types import any, array, boolean, category, number, text, vector
from runway.utils import (
    cast_to_obj,
    download_file,
    encode_image,
    extract_tarball,
    get_color_palette,
    is_url,
    try_cast_np_scalar,
)

__all__ = [
    "Any",
    "BaseType",
    "BytesIO",
    "Image",
    "InvalidArgumentError",
    "MissingArgumentError",
    "Sequence",
    "any",
    "array",
    "base64",
    "boolean",
    "cast_to_obj",
    "category",
    "directory",
    "download_file",
    "encode_image",
    "extract_tarball",
    "file",
    "get_color_palette",
    "image",
    "image_bounding_box",
    "image_landmarks",
    "image_point",
    "is_url",
    "json",
    "np",
    "number",
    "os",
    "segmentation",
    "sys",
    "tarfile",
    "text",
    "try_cast_np_scalar",
    "vector",
]
