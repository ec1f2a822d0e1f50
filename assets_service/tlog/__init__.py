"""Transparency logs in the open formats of C2SP, of any log: knows nothing of devices, of entries, or of a database.

c2sp.org/signed-note · tlog-checkpoint · tlog-tiles · tlog-proof · tlog-cosignature; hashing and proofs as in RFC 6962.
"""
