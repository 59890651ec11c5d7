"""What a database that is divided by municipality asks of a statement: whose rows, of each divided table.

A table's rows are a municipality's where the statement says so, or where it says that they are of the same
one as those of another table of which it does.
"""

from __future__ import annotations

import re
from collections import Counter

from audit import tables as log_tables
from decision_service.store.tables import ApplicationRow

DIVIDED = {
    name
    for metadata in (ApplicationRow.metadata, log_tables.entry.metadata)
    for name, table in metadata.tables.items()
    if "tenant" in table.c
}
_VALUE = r"(?:\?|:\w+|%\(\w+\)s|\$\d+|'[^']*')"
_NO_ALIAS = "WHERE|ON|JOIN|LEFT|SET|ORDER|GROUP|LIMIT|FOR|UNION|VALUES|AND|OUTER|INNER"
_READ = re.compile(
    rf'(?:\b(?:FROM|JOIN|UPDATE)|,)\s+"?(\w+)"?(?![\w."(])(?:\s+(?:AS\s+)?(?!(?:{_NO_ALIAS})\b)(\w+))?'
)
_WRITTEN = re.compile(r'INSERT INTO "?(\w+)"? \(([^)]*)\)')
_ASSIGNED = re.compile(r"\bSET .*?(?=\bWHERE\b|\bRETURNING\b|$)", re.DOTALL)
_SAID = re.compile(rf"(?:\b(\w+)\.)?\btenant (?:= {_VALUE}|IN \()")
_SAME = re.compile(r"\b(\w+)\.tenant = (\w+)\.tenant\b")


def strays(statement: str) -> set[str]:
    """The divided tables of which a statement does not say which municipality's rows."""
    written = {table for table, columns in _WRITTEN.findall(statement) if "tenant" not in columns.split(", ")}
    rest = _ASSIGNED.sub("", _WRITTEN.sub("", statement))
    read = [(name, alias or name) for name, alias in _READ.findall(rest) if name in DIVIDED]
    said, same = Counter(_SAID.findall(rest)), _SAME.findall(rest)
    if said[""] >= len(read):  # each in a part of its own, where no table has to be named
        said.update(alias for _, alias in read)
    known = {alias for alias, times in said.items() if times}
    while more := {each for pair in same if known & {*pair} for each in pair} - known:
        known |= more
    often = said + Counter(alias for pair in same for alias in pair)
    there = Counter(alias for _, alias in read)
    return written & DIVIDED | {
        name for name, alias in read if alias not in known or often[alias] < there[alias]
    }
