"""The register: who is kept (subjects), what is kept (items, media), under which keys (keystore), and how one is found (index)."""
