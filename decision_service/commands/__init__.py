"""The commands of ``lagrum``, one file each. Every file has ``run(options) -> exit code``."""
