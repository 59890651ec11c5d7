"""Applications in, decisions out. Uses rules, norms and audit."""
