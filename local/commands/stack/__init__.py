"""Commands that start, query and stop the local stack."""
