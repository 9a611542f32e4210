"""The core of the bundle: pure decisions, typed rows, and ports to Google Cloud."""
