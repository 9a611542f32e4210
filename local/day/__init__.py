"""Replays one day on the stack, and reports its result."""
