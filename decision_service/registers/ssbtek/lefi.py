"""The contract of LEFI v9: which fields an answer of Försäkringskassan can have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path as File

import yaml

from decision_service.registers.ssbtek.unused import LEFI_UNUSED
from norms.fault import Path

CONTRACT = File(__file__).with_name("lefi_v9.yaml")


@cache
def fields() -> Mapping[str, Mapping[str, str | None]]:
    """The fields of every type, each with the type of its value or None."""
    loaded = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return {
        name: {
            (entry if isinstance(entry, str) else next(iter(entry))): (
                None if isinstance(entry, str) else next(iter(entry.values()))
            )
            for entry in entries
        }
        for name, entries in loaded.items()
    }


def is_in_contract(path: Path) -> bool:
    """Whether a value lies where the contract has a single value. The path starts with ``fk``."""
    kind: str | None = "Svar"
    for name in [part for part in path[1:] if isinstance(part, str)]:
        if kind is None or name not in fields()[kind]:
            return False
        kind = fields()[kind][name]
    return kind is None


def is_unused(path: Path) -> bool:
    """Whether a value of FK's answer is known by the contract and deliberately not used."""
    names = [part for part in path[1:] if isinstance(part, str)]
    part = ".".join(names[:2]) if names[:1] == ["formansinformation"] else ".".join(names[:1])
    return part in LEFI_UNUSED and is_in_contract(path)
