"""The terminal: one file per group of commands, and what they share."""
