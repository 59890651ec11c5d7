"""What the product has, the product uses: nothing is kept alive by its tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

PROJECT = Path(__file__).parents[1]
WINGS = ("norms", "rules", "audit", "decision_service")
OTHERS = ("bench", "examples")
"""Whose use counts too: benches, and what integrators begin from."""
TEXTS = (".py", ".html", ".typ", ".yaml")
ALONE = {
    "CHOICES": "each choice of a benefit is held to be a word of the vocabulary",
    "OTHER_INFORMATION": "the page of the adapters has what it is called",
    "is_in_contract": "the list of what an agency may send is held against its contract",
}
"""What only tests use, and what for."""


def defined(text: str) -> Iterable[str]:
    """The public functions, classes and constants of a file; what a decorator takes is used by it."""
    before = ""
    for line in text.splitlines():
        found = re.match(r"(?:async def|def|class) ([^\W_]\w*)|([A-Z]\w*)(?:: [^=]+)? = ", line)
        if found and (found[2] or line.startswith("class") or not before.startswith(("@", ")"))):
            yield found[1] or found[2]
        before = line or before


def unused(product: Mapping[str, str], others: Iterable[str] = ()) -> set[str]:
    """What some files define and nobody names again, in them or in other texts."""
    counts = Counter(word for text in (*product.values(), *others) for word in re.findall(r"\w+", text))
    return {name for text in product.values() for name in defined(text) if counts[name] == 1}


def test_everything_public_is_used_by_the_product() -> None:
    texts = {
        str(path.relative_to(PROJECT)): path.read_text("utf-8")
        for wing in (*WINGS, *OTHERS)
        for path in (PROJECT / wing).rglob("*")
        if path.suffix in TEXTS and "migrations" not in path.parts
    }
    texts["pyproject.toml"] = (PROJECT / "pyproject.toml").read_text("utf-8")
    product = {name: text for name, text in texts.items() if name.startswith(WINGS) and name.endswith(".py")}
    assert len(product) > 500
    assert unused(product, [text for name, text in texts.items() if name not in product]) == ALONE.keys()


def test_what_nobody_uses_is_seen() -> None:
    source = "LIMIT = 1\ndef alone(): ...\ndef asked(): ...\n@route(\n)\ndef given(): ...\nclass Kept: ...\n"
    assert unused({"one.py": f"{source}asked()\n"}, ["print(Kept)"]) == {"LIMIT", "alone"}
