"""What a command that goes wrong says, and what it ends with."""

from __future__ import annotations

import ssl
import sys
import traceback

from audit.errors import AuditError
from decision_service.commands import INTERNAL_ERROR, WRONG_INPUT
from decision_service.reading.strict_json import InputError
from norms.finding import FindingsError


def failed(error: Exception) -> int:
    """Tell people what went wrong, and return the exit code that says of what kind it was."""
    match error:
        case InputError():
            lines = list(error.lines)
        case FindingsError(findings=findings):
            lines = [str(finding) for finding in findings]
        case AuditError():
            lines = [str(error)]
        case ssl.SSLError(filename=str(files)):
            lines = [f"Certifikatet i {files} går inte att använda ({error}). Väntade PEM, utan lösenord."]
        case NotADirectoryError(filename=str(folder)):
            lines = [f"Mappen {folder} finns inte. Kontrollera sökvägen."]
        case FileExistsError(filename=str(file)):
            lines = [f"Filen {file} finns redan och skrivs inte över. Flytta den, eller ange en annan mapp."]
        case FileNotFoundError() | IsADirectoryError() | PermissionError():
            lines = [f"Filen {error.filename} går inte att läsa. Kontrollera sökvägen och rättigheterna."]
        case _:
            traceback.print_exc()
            print("lagrum: internt fel. Inget är beslutat eller ändrat.", file=sys.stderr)
            return INTERNAL_ERROR
    for line in lines:
        print(line, file=sys.stderr)
    return WRONG_INPUT
