"""The models as Gesso has them: a file for each."""
