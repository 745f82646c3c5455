"""How a model is written: a class with typed commands, and a few functions that it may call while it runs."""
