"""Tests of the local BigQuery's changes of bqemulator."""
