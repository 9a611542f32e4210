"""Rows of the five tables: read from a stack, written to files, read back and compared."""
