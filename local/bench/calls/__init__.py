"""How many remote calls follow one another."""
