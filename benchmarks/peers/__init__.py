"""The servers that Gesso is compared with, a file for each, and Gesso as one. Read one and you have read all."""
