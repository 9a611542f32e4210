"""Scrapers of The Odds API."""
