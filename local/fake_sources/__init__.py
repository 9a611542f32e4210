"""Fake sources: they answer as The Odds API and NBA.com do, for a slate and a clock."""
