"""Files in: a table of devices, checked cell by cell, registered whole or not at all."""
