"""Each model in its own process and its own environment: host, worker, and the transport between them."""
