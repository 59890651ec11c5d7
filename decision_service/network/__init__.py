"""How the service speaks with others over a network."""
