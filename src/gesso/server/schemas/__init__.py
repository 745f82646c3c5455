"""What travels over HTTP: one file per noun, each a picture in pydantic of what the rooms below work with."""
