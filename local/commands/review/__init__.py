"""Commands that judge decisions: ahead, back, and under another configuration."""
