"""N014: a table has some of the series that belong together but not all."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding
from norms.read import Tree

CODE = "N014"


def check(tree: Tree) -> Iterator[Finding]:
    """Every table that would leave a household without part of the riksnorm."""
    required = [name for name, form in tree.catalogue.form.series.items() if form.required == "ja"]
    for table in tree.table_entries:
        missing = [name for name in required if name not in table.form.series]
        if missing and len(missing) < len(required):
            message = f"Tabellen saknar {', '.join(missing)}. Lägg till serien, med {_HOW}."
            yield table.read.finding(CODE, (*table.location, "serier"), "serier", message)


_HOW = "beloppet okänd där det inte är känt"
