"""N012: a municipality that is not in the register, or a register entry that is not one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from norms.finding import Finding
from norms.read import MUNICIPALITIES, Tree

CODE = "N012"

_CODE = re.compile(r"[0-9]{4}")


def check(tree: Tree) -> Iterator[Finding]:
    """Every code that is no municipality's, in the register, the tables and the limits."""
    register = tree.municipalities
    known = register.form.municipalities
    for code, form in known.items():
        if not _CODE.fullmatch(code):
            text = f"”{code}” är ingen kommunkod. Skriv fyra siffror inom citattecken."
            yield register.finding(CODE, ("kommuner", code), code, text)
        if form.fictitious not in ("ja", "nej"):
            text = f"”fiktiv” är ”{form.fictitious}” men ska vara ja eller nej."
            yield register.finding(CODE, ("kommuner", code), code, text)
    for read in tree.tables:
        if read.form.municipality is not None and read.form.municipality not in known:
            yield read.finding(CODE, ("kommun",), "kommun", _unknown(read.form.municipality))
    for field, index, row in tree.limits.form.rows():
        if row.municipality is not None and row.municipality not in known:
            yield tree.limits.finding(CODE, (field, index), field, _unknown(row.municipality))


def _unknown(code: str) -> str:
    return f"Kommunen ”{code}” finns inte i {MUNICIPALITIES}. Rätta koden eller lägg till kommunen där."
