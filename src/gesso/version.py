"""The version of Gesso: the one place where it is written."""

VERSION = "0.1.0"
"""The version after PEP 440."""
__version__ = VERSION
