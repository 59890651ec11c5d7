"""What two releases of the rules say differently, month by month, and in words."""
