"""Which label a device carries: print runs, reprints, blanks claimed later, and what finders write. `labels/` draws."""
