"""The messages between the functions: envelopes, models, and the labels and names of objects."""
