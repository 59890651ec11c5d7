"""A decision document in two parts: what may be read for ever, and what is personal.

Knows the shape of the document (outcome, rules with provision and state, engines), nothing of the law. The
public part is what is left when a case is deleted: that a decision of a certain kind was made, under which
release, by which rules. The rules are listed once for each state, without whom they concerned, so that they
do not tell the size of the household. All else, the whole document part by part, is personal. That includes
the receipt: a plain hash of personal data can be found by trying.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.canonical import Json

_PUBLIC = ("outcome", "proposed_outcome", "automatic", "month", "municipality", "release")
_RULE = ("id", "provision", "state")
_PREFIX = "decision."


def split(decision: Mapping[str, Any]) -> tuple[dict[str, Json], dict[str, Json]]:
    """``body`` and ``personal`` of a decision's entry. Add the case file to ``personal`` as ``inputs``."""
    return public(decision), {f"{_PREFIX}{name}": part for name, part in decision.items()}


def join(personal: Mapping[str, Json]) -> dict[str, Json]:
    """The decision document, as far as its parts are shown."""
    return {name.removeprefix(_PREFIX): part for name, part in personal.items() if name.startswith(_PREFIX)}


def public(decision: Mapping[str, Any]) -> dict[str, Json]:
    """The part of a decision that stays."""
    body: dict[str, Json] = {name: decision[name] for name in _PUBLIC if name in decision}
    rules = [{name: rule[name] for name in _RULE if name in rule} for rule in decision.get("rules", [])]
    body["rules"] = list({repr(rule): rule for rule in rules}.values())
    if "engines" in decision:
        body["engines"] = {"agree": decision["engines"]["agree"]}
    return body
