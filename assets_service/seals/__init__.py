"""The ledger sealed: entries as leaves of one growing tree, whose root is signed in the open and can be kept by anybody."""
