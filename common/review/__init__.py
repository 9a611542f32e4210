"""A recorded decision judged again: rule by rule, and what would have changed it."""
