"""Direct runs: work whose client waits on the connection. They are in no queue, keep nothing, and end with it."""
