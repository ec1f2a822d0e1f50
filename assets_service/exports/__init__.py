"""Files out: the inventory of any moment and the ledger, each with what proves it."""
