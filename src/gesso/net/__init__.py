"""The one HTTP door out of Gesso: whatever somebody gives as an address is fetched here."""
