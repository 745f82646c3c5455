"""Clients of others, unmodified from their registries, at versions that a lock file pins."""
