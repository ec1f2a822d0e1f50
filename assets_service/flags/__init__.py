"""What needs somebody: derived from facts by indexed queries, never stored."""
