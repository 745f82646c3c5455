"""Models that were written for another platform, and run here unchanged: for Runway, or for Cog."""
