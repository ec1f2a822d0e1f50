"""Custody of Bawaslu's PPID devices: where each is, who answers for it, in what state, and the proof."""

__version__ = "0.1.0"
