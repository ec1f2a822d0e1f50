"""The offline door: what phones did without network is handed in here, act by act, each at most once."""
