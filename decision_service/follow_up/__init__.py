"""Follow-up: figures of what was decided and how fast. It decides nothing and names nobody."""
