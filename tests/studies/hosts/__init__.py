"""Real hosts, started cold and warm, and a recorder that is not the package's own."""
