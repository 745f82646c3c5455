"""Trainers in the box: what makes a model from a dataset, one folder each."""
