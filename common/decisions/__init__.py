"""The pure core: a situation in, one decision out, and the plan made from the same function."""
