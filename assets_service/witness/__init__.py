"""A witness keeps a memory of its own of a log, checks that it only grows, and cosigns. It needs neither database nor settings."""
