"""Operates a deployment: how it is reached, asked for more, paused, and its dead letters."""
