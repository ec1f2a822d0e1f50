"""Who answers for a device: shipments between offices with receipt per device, and holders inside an office."""
