"""Commands that look after a running system."""
