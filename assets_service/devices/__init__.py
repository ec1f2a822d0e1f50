"""The register: identify, amend, retire; look-up by any identifier."""
