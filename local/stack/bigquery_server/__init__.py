"""Runs bqemulator with changes of ours: `python -m local.stack.bigquery_server start …`."""
