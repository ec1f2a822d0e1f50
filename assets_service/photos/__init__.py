"""Pictures by their hash: sent first, named later by the act that they belong to."""
