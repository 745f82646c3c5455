"""Returns words backwards."""

from gesso import Model


class Data(Model):
    """Small JSON in and out."""

    def run(self, prompt: str) -> str:
        """Return the words backwards."""
        return prompt[::-1]
