"""What Gesso costs, measured: `make bench`."""
