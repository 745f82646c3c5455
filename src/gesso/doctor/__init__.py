"""What is wrong with a model, or with the installation, in words that its author understands."""
