"""BettingPros: its API."""
