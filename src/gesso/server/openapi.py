"""Print the description of the interface as JSON: `python -m gesso.server.openapi > studio/openapi.json`.

The studio's types are made from it.
"""

from __future__ import annotations

import json
import sys

from gesso.server.application import bare


def main() -> None:
    """Print the description."""
    sys.stdout.write(json.dumps(bare().openapi(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
