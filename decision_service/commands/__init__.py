"""The commands of ``lagrum``, one file each. Every file has ``run(options) -> exit code``."""

DONE, WRONG_INPUT, INTERNAL_ERROR = 0, 2, 3
"""What a command ends with; 1 is one that has checked something and found it wanting."""
