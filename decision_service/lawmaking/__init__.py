"""Changes of rules and amounts: drafted, checked, approved by a second person, published, and taken back."""
