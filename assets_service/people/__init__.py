"""Persons, grants, sessions; a request becomes a Stamp here."""
