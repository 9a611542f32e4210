"""Tools for developers: the mutation check."""
