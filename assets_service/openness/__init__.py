"""How open to the public an office was found to be, year by year, and by whom."""
