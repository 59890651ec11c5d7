"""From a case file to the facts that the rules read."""
