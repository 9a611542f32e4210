"""ESPN: another owner with ids and tricodes of its own, of the same games."""
