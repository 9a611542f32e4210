"""Rows of the five tables as files, and back."""
