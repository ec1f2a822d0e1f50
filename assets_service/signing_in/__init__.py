"""Signing in: sessions and who a token stands for. Knows persons, and nothing of devices."""
