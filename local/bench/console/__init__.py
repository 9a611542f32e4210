"""The console measured: each page with a season of rows."""
