"""The model `cutout`: a person out of a picture, with alpha."""
