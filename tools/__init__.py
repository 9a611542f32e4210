"""Tools of the developers: the mutation check."""
