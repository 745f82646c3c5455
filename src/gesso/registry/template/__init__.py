"""What `gesso init` writes: a model that runs, for its author to change."""
