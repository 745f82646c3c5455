"""Programs that train, one for each library, each in a process of its own. What is asked and answered is JSON."""
