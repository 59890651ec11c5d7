"""What the answers hold that is deliberately not used, and why: the table in ``unused.yaml``.

A name ends with ``.*`` when it stands for all that lies below it. Every other value of an answer is read, or
told as unmapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path as File

import yaml

from norms.fault import Path

_TABLE: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    File(__file__).with_name("unused.yaml").read_text(encoding="utf-8")
)
UNUSED = _TABLE["svar"]
LEFI_UNUSED = _TABLE["lefi"]
"""The parts of LEFI where a field of the contract is not used unless it is read. A field that the contract
does not have is told as unmapped in these parts too."""


def is_unused(path: Path) -> bool:
    """Whether a value is named as deliberately unused. FK's answer has its own contract, see ``lefi``."""
    return _is_named(tuple([part for part in path if isinstance(part, str)]))


@lru_cache(10_000)
def _is_named(names: tuple[str, ...]) -> bool:
    below = (f"{'.'.join(names[:length])}.*" for length in range(1, len(names)))
    return ".".join(names) in UNUSED or any(each in UNUSED for each in below)
