"""What to install for a module: some packages have another name than what is imported from them."""

from __future__ import annotations

from typing import Final

_PACKAGE_OF: Final = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "fitz": "pymupdf",
    "google": "protobuf",
    "OpenGL": "pyopengl",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def package_of(module: str) -> str:
    """Return the package that brings a module ("cv2.dnn" comes with "opencv-python-headless"). A best guess."""
    top = module.partition(".")[0]
    return _PACKAGE_OF.get(top, top)
