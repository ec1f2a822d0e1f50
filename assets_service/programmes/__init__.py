"""What each office is entitled to, and what has arrived."""
