"""BettingPros: its API of events."""
