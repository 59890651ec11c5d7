"""An assessment as RFC 8785 writes it: what does not depend on the case is written once for each law.

Of every rule and every fact that a rule reads the document says something, whatever the case: most of it are
the same texts again and again. ``document.Assessment`` is the form that it is read by; written by that form
again it is the same to the byte.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from audit import canonical
from decision_service.decision.document import ASKED, Assessment, Findings, Member, members_of
from decision_service.decision.origin import Origins, concluded_by, unsaid, words_of
from rules.evaluated import Evaluation, RuleState
from rules.facts import FactOrigin
from rules.law import Law
from rules.outcome import HOUSEHOLD


class _Facts(NamedTuple):
    """The facts about the members of one kind: each path's place among them, its beginning, where a value
    comes from that nobody has given, and what is written where nothing is known."""

    places: Mapping[str, int]
    begun: tuple[bytes, ...]
    unsaid: tuple[bytes, ...]
    unknown: tuple[bytes, ...]


class _Pieces(NamedTuple):
    """What is written of a law once: every rule up to its subject, with it where that is the household,
    ``silent`` and in each state, what is told of each ``tried`` in each state, and the facts by kind."""

    silent: Mapping[str, bytes]
    states: Mapping[str, Mapping[RuleState, bytes]]
    tried: Mapping[str, Mapping[RuleState, bytes]]
    facts: Mapping[str, _Facts]


def sealed(members: Mapping[str, Member], evaluation: Evaluation) -> dict[str, bytes]:
    """The members of an assessment as they are written, with its receipt. ``members`` are all but the rules,
    the facts and the receipt."""
    parts = {name: canonical.any_name(part, members_of) for name, part in members.items()}
    parts["rules"], parts["facts"] = _rules(evaluation), _facts(evaluation)
    receipt = hashlib.sha256(whole(parts)).hexdigest()
    return {**parts, "receipt": _text(receipt)}


def written(assessment: Assessment) -> dict[str, bytes]:
    """The same of an assessment that has been read."""
    members = members_of(assessment).items()
    return {name: canonical.any_name(part, members_of) for name, part in members}


def whole(members: Mapping[str, bytes]) -> bytes:
    """An assessment, of its members."""
    return _object(members)


def findings(members: Mapping[str, bytes], evaluation: Evaluation) -> bytes:
    """What is acted on of an assessment, as ``document.Findings`` reads it."""
    parts = {name: members[name] for name in Findings.model_fields.keys() & members.keys()}
    return whole({**parts, "tried": _list(_tried(evaluation)), "asked": orjson.dumps(_asked(evaluation))})


def _object(parts: Mapping[str, bytes]) -> bytes:
    return b"{" + b",".join([b'"%s":%s' % (name.encode(), parts[name]) for name in sorted(parts)]) + b"}"


def _rules(evaluation: Evaluation) -> bytes:
    """What became of every rule for every subject."""
    instances, pieces = evaluation.instances, _pieces(evaluation.law)
    ends = {
        kind: [(each, _text(each) + b"}" if kind else b"") for each in subjects]
        for kind, subjects in instances.subjects.items()
    }
    silent, spoken = pieces.silent, instances.spoken
    written: list[bytes] = []
    for rule, (kind, nothing) in instances.silent.items():
        subjects = ends.get(kind)
        if subjects is None:
            continue
        said = spoken.get(rule)
        if said is None:
            begun = silent[rule]
            for _, end in subjects:
                written.append(begun + end)
        else:
            states = pieces.states[rule]
            for subject, end in subjects:
                written.append(states[said.get(subject, nothing).state] + end)
    return _list(written)


def _tried(evaluation: Evaluation) -> list[bytes]:
    """What became of every rule for anybody, each state once."""
    instances, pieces = evaluation.instances, _pieces(evaluation.law).tried
    written: list[bytes] = []
    for rule, (kind, nothing) in instances.silent.items():
        if subjects := instances.subjects.get(kind):
            said, states = instances.spoken.get(rule, {}), pieces[rule]
            found = [said.get(each, nothing).state for each in subjects] if said else [nothing.state]
            written += [states[each] for each in dict.fromkeys(found)]
    return written


def _asked(evaluation: Evaluation) -> date | None:
    """The day that the registers were asked, None where no rule reads it or nothing says it."""
    its = _pieces(evaluation.law).facts.get(HOUSEHOLD)
    day = evaluation.values[HOUSEHOLD].get(ASKED) if its is not None and ASKED in its.places else None
    return date.fromordinal(day) if isinstance(day, int) else None


def _facts(evaluation: Evaluation) -> bytes:
    """What the rules read of the household, and of each member that they are about, with its origins."""
    law, origins = evaluation.law, Origins(evaluation)
    kinds = _pieces(law).facts
    subjects = {HOUSEHOLD: HOUSEHOLD} | {each.id: each.kind for each in evaluation.facts.entities}
    return _list(
        [
            _about(evaluation, origins, subject, kinds[kind])
            for subject, kind in subjects.items()
            if kind in kinds
        ]
    )


def _about(evaluation: Evaluation, origins: Origins, subject: str, facts: _Facts) -> bytes:
    """The facts about a subject. Only what the case or a rule says differs from what nothing is known of."""
    given, concluded = origins.given[subject], origins.concluded
    places, begun, written = facts.places, facts.begun, [*facts.unknown]
    for path, value in evaluation.values[subject].items():
        place = places.get(path)
        if place is None:
            continue
        source = given.get(path)
        if source is not None:
            words = _words(source)
        elif titles := concluded.get((subject, path)):
            words = _concluded(tuple(titles))
        else:
            words = facts.unsaid[place]
        if value is True:
            written[place] = begun[place] + words + _YES
        elif value is False:
            written[place] = begun[place] + words + _NO
        elif value.__class__ is int:
            written[place] = b'%b%b,"value":%d}' % (begun[place], words, value)
        elif value.__class__ is str:
            written[place] = b'%b%b,"value":%b}' % (begun[place], words, orjson.dumps(value))
        else:
            written[place] = begun[place] + words + _UNKNOWN
    whose = _text(subject) if subject else b"null"
    return b'{"subject":%s,"values":{%s}}' % (whose, b",".join(written))


_YES, _NO, _UNKNOWN = b',"value":true}', b',"value":false}', b',"value":null}'
"""How a fact ends in the document."""


@lru_cache(20_000)
def _words(source: FactOrigin) -> bytes:
    return _text(words_of(source))


@lru_cache(20_000)
def _concluded(titles: tuple[str, ...]) -> bytes:
    return _text(concluded_by(titles))


def _text(text: str) -> bytes:
    return orjson.dumps(text)


def _list(parts: list[bytes]) -> bytes:
    return b"[" + b",".join(parts) + b"]"


# --- what is written once


_kept: dict[int, _Pieces] = {}
"""The pieces of each law that there is, by its identity."""


def _pieces(law: Law) -> _Pieces:
    found = _kept.get(id(law))
    if found is None:
        rules = {state: dict(_rules_begun(law, state)) for state in RuleState}
        found = _kept[id(law)] = _Pieces(
            rules[RuleState.NOT_FIRED],
            {rule.id: {state: rules[state][rule.id] for state in RuleState} for rule in law.rules},
            {rule: _tried_of(rule, provision) for rule, (provision, _) in law.reading.items()},
            {kind: _facts_of(law, paths) for kind, paths in law.read_of.items()},
        )
        weakref.finalize(law, _kept.pop, id(law), None).atexit = False
    return found


def _rules_begun(law: Law, state: RuleState) -> Iterator[tuple[str, bytes]]:
    for rule, (provision, reads) in law.reading.items():
        parts = {"id": rule, "provision": provision, "reads": reads, "state": state.value}
        begun = _object({name: orjson.dumps(part) for name, part in parts.items()})[:-1] + b',"subject":'
        yield rule, begun + b"null}" if law.rule[rule].subject is None else begun


def _tried_of(rule: str, provision: str) -> dict[RuleState, bytes]:
    return {state: orjson.dumps((rule, provision, state.value)) for state in RuleState}


def _facts_of(law: Law, paths: tuple[str, ...]) -> _Facts:
    ordered = sorted(paths, key=lambda path: path.encode("utf-16-be"))
    begun = [_text(path) + b':{"origin":' for path in ordered]
    words = [_text(unsaid(law, path, None)) for path in ordered]
    unknown = [b"".join((*each, _UNKNOWN)) for each in zip(begun, words, strict=True)]
    places = {path: place for place, path in enumerate(ordered)}
    return _Facts(places, tuple(begun), tuple(words), tuple(unknown))
