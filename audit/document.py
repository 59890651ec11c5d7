"""A document of the service in two parts: what may be read for ever, and what is personal.

Knows the shape of an assessment and of a decision (outcome, rules with provision and state, engines), nothing
of the law. The public part is what is left when a case is deleted: that an assessment or a decision of a
certain kind was made, under which release, by which rules. The rules are listed once for each state, without
whom they concerned, so that they do not tell the size of the household. All else, the whole document part by
part, is personal. That includes the receipt: a plain hash of personal data can be found by trying.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from audit.canonical import Json

_PUBLIC = (
    "outcome",
    "proposed_outcome",
    "automatic",
    "approved_by",
    "month",
    "municipality",
    "release",
)
_RULE = ("id", "provision", "state")
ASSESSMENT, DECISION = "assessment", "decision"
"""The names of the documents, which the names of their personal parts begin with."""
CLOSED = "rules_closed"
"""Among what is public: the rules whose state is not, whatever it is."""


def split(
    name: str, document: Mapping[str, Any], closed: Collection[str] = ()
) -> tuple[dict[str, Json], dict[str, Json]]:
    """``body`` and ``personal`` of a document's entry. Add the case file of an assessment to ``personal`` as
    ``inputs``. ``closed``: rules whose state tells too much of somebody to be read for ever."""
    return public(document, closed), {f"{name}.{member}": part for member, part in document.items()}


def join(personal: Mapping[str, Json]) -> dict[str, Json]:
    """The document, as far as its parts are shown."""
    parts = ((name.partition("."), part) for name, part in personal.items())
    return {member: part for (name, _, member), part in parts if name in (ASSESSMENT, DECISION) and member}


def public(document: Mapping[str, Any], closed: Collection[str] = ()) -> dict[str, Json]:
    """The part of a document that stays."""
    body: dict[str, Json] = {name: document[name] for name in _PUBLIC if name in document}
    if "rules" in document:
        told = ([*map(rule.get, _RULE)] for rule in document["rules"] if rule["id"] not in closed)
        body["rules"] = [
            {name: said for name, said in zip(_RULE, rule, strict=True) if said is not None}
            for rule in {repr(rule): rule for rule in told}.values()
        ]
        if closed:
            body[CLOSED] = [*sorted(closed)]
    if "engines" in document:
        body["engines"] = {"agree": document["engines"]["agree"]}
    return body
