"""What comes from outside, read strictly: JSON, kronor, a value at its place, and what is wrong with it."""
