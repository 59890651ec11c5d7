"""A case file and a law become a decision."""
