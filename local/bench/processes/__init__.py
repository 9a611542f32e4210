"""Processes of a stack measured: their memory, and what each part of it spends."""
