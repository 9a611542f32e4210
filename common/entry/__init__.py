"""One request parsed, handled and answered; what cannot be handled becomes a dead letter."""
