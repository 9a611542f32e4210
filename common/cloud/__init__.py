"""What the system asks of Google Cloud: three ports, and Google's services behind them."""
