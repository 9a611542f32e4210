"""Looks at a deployment: what it did and why, and what it lacks."""
