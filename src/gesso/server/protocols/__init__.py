"""The open protocols: one file each, translation only. What is translated lies in `hosted/` and `direct/`."""
