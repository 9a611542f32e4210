"""The whole system as real processes on this machine: emulators, sources, functions."""
