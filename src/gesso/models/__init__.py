"""The models in the box: one folder each, importing only the public face."""
