"""Bots: a persona speaks through a model, on a network of others or in rehearsal."""
