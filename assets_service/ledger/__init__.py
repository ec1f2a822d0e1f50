"""What happened: append-only entries in a hash chain per subject."""
