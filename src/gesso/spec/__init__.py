"""What a model is (`ModelSpec`) and what one can do with it (`Runnable`): data and one protocol."""
