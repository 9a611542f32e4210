"""Seasons in memory: the real handlers, a virtual clock, injected faults, and invariants."""
