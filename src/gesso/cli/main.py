"""`gesso`, the command."""

from __future__ import annotations

import gc
import sys
from typing import Final

_OBJECTS: Final = 10_000
"""After so many new objects Python looks for garbage, and not after 700: what is made at the start stays."""


def main() -> None:
    """Run the command that the words after `gesso` name, and end with its exit code."""
    gc.set_threshold(_OBJECTS)
    try:
        import typer  # noqa: F401 - only to see whether the terminal's libraries are there
    except ImportError:
        print('The command needs more than the plain install: pip install "gesso[studio]"', file=sys.stderr)
        sys.exit(2)
    from gesso.cli.streams import finish, prepare

    prepare()
    try:
        from gesso.cli.commands import invoke

        sys.exit(invoke(sys.argv[1:]))
    except KeyboardInterrupt:  # before the commands themselves are there to hear it
        print("Canceled.", file=sys.stderr)
        sys.exit(130)
    finally:
        finish()


if __name__ == "__main__":  # `python -m gesso.cli.main`, where the folder of commands is not on the PATH
    main()
