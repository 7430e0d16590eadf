"""What preloading costs: next to importing the whole standard library, and as programs grow."""
