"""The host's side: environments, worker processes, and models that run in them."""
