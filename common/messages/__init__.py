"""What travels between the functions: envelopes, message models, object labels and names."""
