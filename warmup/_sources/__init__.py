"""A source for each kind of target: it finds targets, warms them, and knows which of them may be missing."""
