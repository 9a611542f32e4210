"""Asks a data source politely, and names what came of it."""
