"""What a command that goes wrong says, and what it ends with."""

from __future__ import annotations

import ssl
import sys
import traceback

from audit.errors import AuditError
from decision_service.commands import INTERNAL_ERROR, WRONG_INPUT
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.finding import FindingsError

_say = said_in(__file__)


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
            lines = [_say("bad_certificate", fil=files, fel=error)]
        case NotADirectoryError(filename=str(folder)):
            lines = [_say("no_folder", mapp=folder)]
        case FileExistsError(filename=str(file)):
            lines = [_say("file_there", fil=file)]
        case FileNotFoundError() | IsADirectoryError() | PermissionError():
            lines = [_say("unreadable_file", fil=error.filename)]
        case _:
            traceback.print_exc()
            print(_say("internal_error"), file=sys.stderr)
            return INTERNAL_ERROR
    for line in lines:
        print(line, file=sys.stderr)
    return WRONG_INPUT
