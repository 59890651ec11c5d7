"""A local SSBTEK that speaks the real contract: see README.md."""
