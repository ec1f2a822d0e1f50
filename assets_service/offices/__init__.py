"""The office tree: roster, paths, time zones."""
