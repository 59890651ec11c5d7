"""N017: a declared series that cannot be used: its name, its unit or what it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from norms.amount import UNITS
from norms.band import Band
from norms.finding import Finding
from norms.form import SeriesTypeForm
from norms.read import Tree

CODE = "N017"

_NAME = re.compile(r"[a-zåäö][a-zåäö0-9_]*(\.[a-zåäö][a-zåäö0-9_]*)*")


def check(tree: Tree) -> Iterator[Finding]:
    """Every declaration that a rule or a table could not follow, and every one that no table uses."""
    used = {series.name for series in tree.series_entries}
    for name, form in tree.catalogue.form.series.items():
        messages = list(_messages(name, form))
        if name not in used:
            messages.append("Ingen tabell har serien. Lägg till belopp eller ta bort serien.")
        for message in messages:
            yield tree.catalogue.finding(CODE, ("serier", name), name, message)


def _messages(name: str, form: SeriesTypeForm) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield f"”{name}” är inget namn på en serie. Använd små bokstäver, siffror, punkt och understreck."
    if form.unit not in UNITS:
        yield f"”{form.unit}” är ingen enhet för ett belopp. Det finns {', '.join(UNITS)}."
    if form.required not in ("ja", "nej"):
        yield f"”krävs” är ”{form.required}” men ska vara ja eller nej."
    for dimension in form.dimensions.values():
        if dimension.ordinal not in ("ja", "nej"):
            yield f"”ordningstal” är ”{dimension.ordinal}” men ska vara ja eller nej."
        if dimension.covers is not None:
            try:
                Band.parse(dimension.covers)
            except ValueError as error:
                yield str(error)
