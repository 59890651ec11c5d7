"""What a check has found of a draft: what stops it, what it corrects of the past, and what ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from norms.finding import Finding


class DraftFinding(BaseModel):
    """Something that is wrong, and where. ``file`` is empty and ``line`` 0 for the draft as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    line: int
    code: str
    where: str
    message: str


class Checked(BaseModel):
    """Everything that a check says. A draft with ``findings`` is not published; of ``total`` those are the
    ones that are told. ``corrections`` are changes of what has already decided; ``endings`` amounts that are
    missing from some month on. ``release`` is the id that the draft would have, empty where it cannot be
    read. ``cases`` were run, None where they were not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    findings: tuple[DraftFinding, ...] = ()
    total: int = Field(default_factory=lambda said: len(said.get("findings", ())))
    corrections: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    release: str = ""
    cases: int | None = None


CASE, UNTRIED, UNFINISHED, LACKING = "F001", "F002", "F003", "F005"
"""A case that does not come out as expected, a part of a rule that no case tries, a check without end, and a
field or a calculation that the program does not have."""
MOST = 200
"""Findings that are told of a draft: nobody reads more, and everybody who opens it has them all."""


def few(found: Checked) -> Checked:
    """The same with no more findings than somebody reads, of as many files as there is room for."""
    before: Counter[str] = Counter()
    turns = []
    for number, each in enumerate(found.findings):
        turns.append((before[each.file], number))
        before[each.file] += 1
    told = sorted(number for _, number in sorted(turns)[:MOST])
    return found.model_copy(update={"findings": tuple(found.findings[number] for number in told)})


def found(folder: str, findings: Iterable[Finding]) -> tuple[DraftFinding, ...]:
    """Findings of files in one of the folders of a draft, named as the draft names them."""
    return tuple(
        DraftFinding(
            file=_named(folder, each.file),
            line=each.line,
            code=each.code,
            where=each.where,
            message=each.message,
        )
        for each in findings
    )


def _named(folder: str, name: str) -> str:
    return name if name.startswith(("rules/", "norms/")) else f"{folder}{name}"
