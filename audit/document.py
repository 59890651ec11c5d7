"""A document of the service in two parts: what may be read for ever, and what is personal.

Knows the shape of an assessment and of a decision (outcome, rules with provision and state, engines), nothing
of the law. The public part is what is left when a case is deleted: that an assessment or a decision of a
certain kind was made, under which release, by which rules. The rules are listed once for each state, without
whom they concerned, so that they do not tell the size of the household. All else, the whole document part by
part, is personal. That includes the receipt: a plain hash of personal data can be found by trying.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson

from audit.canonical import AsWritten, Json, object_of

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


Rule = tuple[str | None, ...]
"""What is told of a rule, and is None where it is not: its id, provision and state."""


def split_written(
    name: str, members: Mapping[str, bytes], rules: Iterable[Rule], closed: Collection[str] = ()
) -> tuple[dict[str, Json | AsWritten], dict[str, Json | AsWritten]]:
    """The same of a document whose members are written already; ``rules`` are those that it lists."""
    plain = {part: orjson.loads(members[part]) for part in (*_PUBLIC, "engines") if part in members}
    body: dict[str, Json | AsWritten] = {**public({**plain, "rules": ()}, closed)}
    told = dict.fromkeys(rule for rule in rules if rule[0] not in closed)
    body["rules"] = AsWritten(b"[%s]" % b",".join(map(_written, told)))
    return body, {f"{name}.{member}": AsWritten(part) for member, part in members.items()}


@lru_cache(20_000)
def _written(rule: Rule) -> bytes:
    said = zip(_RULE, rule, strict=True)
    return object_of({name: orjson.dumps(word) for name, word in said if word is not None})


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
