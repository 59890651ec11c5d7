"""What a law costs and whom it moves, over many households that do not exist."""
