"""Code to copy: how each kind of client uses a deployment. One file for each kind, one function in it."""
