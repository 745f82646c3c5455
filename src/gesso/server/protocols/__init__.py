"""The open protocols: what the clients of others speak, one file for each, translation only."""
