"""Deployments: a model, a version and options as a URL with tokens, that sleeps, wakes, and is counted."""
