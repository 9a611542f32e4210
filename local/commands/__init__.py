"""The command line of `python -m local`: one command a file, in four groups."""
