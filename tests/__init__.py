"""The tests of Gesso. `house` checks the rules of the house, `journeys` tells stories, the rest mirrors the source."""
