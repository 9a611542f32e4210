"""A local HTTP server that answers as The Odds API and NBA.com do, for a slate and a clock."""
