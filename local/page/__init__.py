"""Pages for people who would rather look than read: one day, self-contained."""
