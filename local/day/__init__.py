"""One day replayed on the stack, and what it tells."""
