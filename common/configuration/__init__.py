"""Reads the YAML configuration files, and refuses what cannot work."""
