"""What preloading costs, next to what it consists of, to importing everything, and to what other people do."""
