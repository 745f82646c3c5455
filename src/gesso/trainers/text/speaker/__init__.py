"""What every trained text model speaks with: `model.py` is copied beside its weights."""
