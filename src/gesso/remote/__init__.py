"""A `Runnable` over HTTP: what runs in another Gesso, as if it ran here."""
