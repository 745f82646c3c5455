"""What tests of foreign models stand on: the packages that such models import."""

from __future__ import annotations

import sys

from gesso.compat.kinds import SHIMS

if str(SHIMS) not in sys.path:
    sys.path.append(str(SHIMS))
