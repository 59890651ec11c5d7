"""The contract of LEFI v9: which fields an answer of Försäkringskassan can have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
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
    return _has(_names(path))


def is_unused(path: Path) -> bool:
    """Whether a value of FK's answer is known by the contract and deliberately not used."""
    names = _names(path)
    part = ".".join(names[:2]) if names[:1] == ("formansinformation",) else ".".join(names[:1])
    return part in LEFI_UNUSED and _has(names)


def _names(path: Path) -> tuple[str, ...]:
    """The names on the way to a value, without the numbers of members of lists."""
    return tuple([part for part in path[1:] if isinstance(part, str)])


@lru_cache(10_000)
def _has(names: tuple[str, ...]) -> bool:
    kind: str | None = "Svar"
    for name in names:
        if kind is None or name not in fields()[kind]:
            return False
        kind = fields()[kind][name]
    return kind is None
