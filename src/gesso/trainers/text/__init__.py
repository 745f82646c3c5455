"""The text trainer: a GPT-2 that learns from a person's own words. `loop.py` is its heart."""
