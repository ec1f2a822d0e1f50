"""A scanned code and the one next action for this person."""
