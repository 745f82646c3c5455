"""Between host and worker: framed messages on a pipe, and shared memory for everything big."""
