"""Tries out how pieces of work can meet: at every call of a port another may go on."""
