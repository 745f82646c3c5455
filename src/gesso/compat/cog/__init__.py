"""Models written for Cog: `cog.yaml` read as data, and a predictor's class made a Gesso `Model` in its worker."""
