"""Models as people have them on their disks."""

from __future__ import annotations

from pathlib import Path

CODE = '''
"""Posterise: reduce a photo
to a few flat colours.

More words.
"""
raise RuntimeError("code of the model has run")
'''


def make_folder(folder: Path, toml: str | None = "", *, code: str = CODE) -> Path:
    """Make a model in a folder; `toml` None: without a gesso.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.py").write_text(code)
    if toml is not None:
        (folder / "gesso.toml").write_text(toml)
    return folder


def make_file(path: Path, block: str = "", *, code: str = CODE) -> Path:
    """Make a model in a single file; `block` is its inline metadata, without the comment signs."""
    lines = "".join(f"# {line}".rstrip() + "\n" for line in block.splitlines())
    path.write_text((f"# /// script\n{lines}# ///\n" if block else "") + code)
    return path
