"""Operates a deployment: what it did and why, what it lacks, and how to ask it for more."""
