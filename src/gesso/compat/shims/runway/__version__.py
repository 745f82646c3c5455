"""The version of Runway's SDK whose behaviour this package has."""

__version__ = "0.6.1"
