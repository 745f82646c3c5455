"""Datasets, and the runs that make models of them. What computes a loss lives in `trainers/`, never here."""
