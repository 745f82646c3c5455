"""The model `storyteller`: a small language model that has read the old books."""
