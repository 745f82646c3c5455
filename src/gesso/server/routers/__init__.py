"""What the server answers: one file per noun."""
