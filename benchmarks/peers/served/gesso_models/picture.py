"""Returns the picture that it is given."""

from gesso import Image, Model


class Picture(Model):
    """The identity: Gesso decodes and encodes."""

    def run(self, image: Image) -> Image:
        """Return the picture."""
        return image
