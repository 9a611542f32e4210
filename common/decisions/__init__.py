"""The pure core: it decides each workflow from a situation, and plans a day the same way."""
