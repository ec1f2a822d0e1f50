"""How often the devices of an office are checked. Whatever begins a device's wait asks here when it ends."""
