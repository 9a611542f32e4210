"""Tries out how two or three pieces of work can meet: at every call of a port the next may go on."""
