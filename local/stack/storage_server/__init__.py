"""A Cloud Storage of this machine: the part of its JSON API that the stack and its users need."""
