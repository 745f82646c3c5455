"""The networks that a bot can speak on, one small file each. The libraries that they need come with `gesso[bots]`."""
