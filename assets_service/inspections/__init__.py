"""Condition checks: what was seen of a device, with photos, and when it has to be looked at again."""
