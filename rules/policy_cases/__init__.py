"""The policy staff's cases: what is given, what is expected, and what no case has tried."""
