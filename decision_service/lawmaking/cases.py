"""A case put beside the rules of a draft: the last of its file, which is begun where there is none."""

from __future__ import annotations

import re

from decision_service.lawmaking.content import is_case_file
from decision_service.reading.strict_json import InputError
from norms.document import parse
from norms.fault import fault, shown
from norms.finding import FindingsError
from rules.policy_cases.file import PolicyCaseFile
from rules.schema import validate

_ITEM = re.compile(r"^( *)- ", re.MULTILINE)


def with_case(name: str, text: str | None, case: str) -> str:
    """The text of a case file with one case more, whose own file is ``case``. Raises InputError for a name
    that no case file has, a file that cannot be read, and a case of a name that the file has already."""
    if not is_case_file(name):
        raise InputError([fault("no_case_file", "fil", found=shown(name))])
    if text is None or not text.strip():
        return case
    try:
        names = {each.name for each in validate(PolicyCaseFile, parse(text.encode(), name)).cases}
        [new] = validate(PolicyCaseFile, parse(case.encode(), name)).cases
    except FindingsError as error:
        raise InputError([fault("case_file_unreadable", "fil", why=str(error.findings[0]))]) from error
    if new.name in names:
        raise InputError([fault("case_named_already", "namn", found=shown(new.name), file=name)])
    return f"{text.rstrip()}\n{_indented(case, _margin(text))}"


def _margin(text: str) -> str:
    """What stands before the dash of a case."""
    found = _ITEM.search(text, text.index("fallen:"))
    return found[1] if found else "  "


def _indented(case: str, margin: str) -> str:
    """The case itself, without the head of its file."""
    _, _, own = case.partition("fallen:\n")
    return "".join(f"{margin}{line.removeprefix('  ')}" for line in own.splitlines(keepends=True))
