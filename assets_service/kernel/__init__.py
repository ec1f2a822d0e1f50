"""Knows nothing of assets: database, errors, HTTP, clock, files."""
