"""What the log says of a case, the releases that decided, and what is published of it."""
