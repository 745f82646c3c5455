"""Models that lie in a git repository on the web: `git+https://host/owner/repository@version#subdirectory=folder`."""
