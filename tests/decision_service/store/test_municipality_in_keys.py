"""Which tables are a municipality's, and which of them say so in their key: as the documentation has it."""

from __future__ import annotations

import re

from audit import tables as log_tables
from decision_service.store import tables
from tests.world.cases import ROOT

SHARED = {"known_key", "receiver", "release_file", "sweep", "unsealed", "web_session", "witnessed"}
"""Tables of the whole installation."""
BELOW = "audit_schema"


def test_every_table_is_a_municipalitys_or_of_the_whole_installation() -> None:
    found = {
        each.name: each
        for metadata in (tables.ApplicationRow.metadata, log_tables.entry.metadata)
        for each in metadata.sorted_tables
        if each.name != BELOW
    }
    assert {name for name, each in found.items() if "tenant" not in each.columns} == SHARED
    assert all(not each.columns["tenant"].nullable for name, each in found.items() if name not in SHARED)
    without = {
        name
        for name, each in found.items()
        if name not in SHARED and "tenant" not in each.primary_key.columns
    }
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    told = re.search(r"Utan kommunen i nyckeln: (.*?)\.", text, re.DOTALL)
    assert told is not None
    assert set(re.findall(r"`(\w+)`", told[1])) == without
    shared = re.search(r"Gemensamma för installationen: (.*?)\.", text, re.DOTALL)
    assert shared is not None
    assert set(re.findall(r"`(\w+)`", shared[1])) == SHARED
