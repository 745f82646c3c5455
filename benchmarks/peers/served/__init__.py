"""What the peers' servers run, each in its own environment: the same models in each server's own words.

These files import what the platform does not have, and are never imported by it.
"""
