"""Where cases are evaluated: in child processes, because the native rule engine can take its process down."""

from decision_service.evaluation.pool import CrashError, Evaluated, Evaluators

__all__ = ["CrashError", "Evaluated", "Evaluators"]
