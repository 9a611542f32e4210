"""The whole chain on one machine: emulators, the day replay, the simulator, the command line."""
