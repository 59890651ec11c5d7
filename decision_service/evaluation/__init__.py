"""Where cases are evaluated: in child processes, because the native rule engine can take its process down."""

from decision_service.evaluation.pool import CrashError, Evaluators

__all__ = ["CrashError", "Evaluators"]
