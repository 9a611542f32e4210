"""Finds what a link of the chain lost, and sends it again within bounds (rule R8)."""
