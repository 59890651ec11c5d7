"""Who somebody is, and what that person or program may do where."""
