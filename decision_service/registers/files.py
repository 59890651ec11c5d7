"""Register answers from a folder, for tests and demonstration: one file for each person."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from decision_service.reading.said import said_in
from decision_service.reading.strict_json import LARGEST_INPUT, InputError, read_json
from decision_service.registers.port import Answers, check_number, checked, failed, missing
from decision_service.registers.ssbtek import read_envelope
from norms.month import Month

_say = said_in(__file__)


class FileRegisters:
    """Answers kept as ``<personnummer>.json`` (the ``registers`` of a case file) or ``<personnummer>.xml``
    (an answer of SSBTEK v10). The month makes no difference."""

    def __init__(self, folder: Path) -> None:
        """Raises NotADirectoryError."""
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        self._folder = folder

    def ask(self, personal_number: str, month: Month, reference: str) -> Answers:
        """The answers in the person's file. Without a file no agency has answered."""
        check_number(personal_number)
        for suffix, read in ((".json", read_json), (".xml", read_envelope)):
            path = self._folder / f"{personal_number}{suffix}"
            try:
                with path.open("rb") as file:
                    agencies = read(file.read(LARGEST_INPUT + 1))
            except FileNotFoundError:
                continue
            except OSError:
                return failed("OLÄSLIG_FIL", _say("file_not_opened"))
            except InputError:
                # Only our own sentence: the fault may quote what stands in the file.
                return failed("OLÄSLIGT_SVAR", _say("file_unreadable", slag=suffix[1:]))
            if not isinstance(agencies, dict):
                return failed("OLÄSLIGT_SVAR", _say("file_no_object"))
            return checked(agencies, personal_number)
        return missing(_say("no_file"))
