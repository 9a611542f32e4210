"""Commands for an operator: dead letters, and recorded answers of the sources."""
