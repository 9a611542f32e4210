"""Decides again: what would be decided, why, and what another configuration changes."""
