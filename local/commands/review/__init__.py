"""Commands that judge decisions and compare recorded days."""
