"""Hold one source for each kind of target. A source finds targets, warms them, and says which may be missing."""
