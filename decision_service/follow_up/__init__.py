"""Follow-up: figures of what was decided and how fast, and samples that people review. It decides nothing."""
