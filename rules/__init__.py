"""The law as files: rule language, rule sets, two engines and explanation. Uses norms."""
