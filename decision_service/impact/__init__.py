"""What other rules do to decisions that have been made, and what is owed to whom."""
