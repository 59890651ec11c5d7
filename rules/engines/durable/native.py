"""A safe hold on the native part of durable-rules. Every hazard of the library is met here.

The library's own loop swallows errors of actions, runs background threads and cannot redeclare a
ruleset. This room uses only its native calls: it declares a ruleset under the hash of its content, begins
each question with a fact that always matches, asserts facts one by one, reads back everything that fired
and then retracts every fact. The empty session is kept for the next question: making one costs the library
more than a question does, and a rule looks at one fact, so that nothing could be left behind that another
question would see; a fact that is still there is refused when its place is taken. What the library may not
survive (a fact given twice, too many properties) is refused before it sees anything. A session in which it
failed is left alone: what it would do next nobody knows, leaving it costs a little memory.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import durable_rules_engine as native
import orjson

Definition: TypeAlias = Mapping[str, Any]
"""Rules by name, each a pattern over one fact, in the library's JSON."""

Fact: TypeAlias = Mapping[str, "int | bool | str"]
"""Properties by name, the ``id`` first and the kind ``k`` after it."""

MOST_PROPERTIES = 250
"""No fact has more properties than this. The library's own limit is 255, and it may not survive it."""

_HANDLED, _NOT_HANDLED = 0, 1
_OPENING = "opening"
_FIRING = re.compile(r'\{"([^"]+)":\{"m":\{"id":"([^"]+)"').match
"""How a firing is told: the rule, and the fact as it was given, its ``id`` first."""

_handles: dict[str, object] = {}
_declaring = threading.Lock()
_sessions = itertools.count()


NOTHING = 2
"""The length of a fact of which nothing but its id and its kind is told."""


def fact(kind: str) -> dict[str, int | bool | str]:
    """A fact of a kind, of which nothing is told yet, not even its id."""
    return {"id": "", "k": kind}


def written(fact: Fact) -> bytes:
    """A fact as JSON. Raises NativeError when it cannot be written."""
    try:
        return orjson.dumps(fact)
    except orjson.JSONEncodeError as error:
        raise NativeError(str(error)) from error


class NativeError(Exception):
    """The library did something it must not do: nothing may be decided on its answer."""


class Ruleset:
    """A declared ruleset. Equal definitions share one declaration in the process."""

    def __init__(self, definition: Definition) -> None:
        rules = {**definition, _OPENING: _pattern({"k": _OPENING})}
        text = json.dumps(rules, ensure_ascii=False, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()
        with _declaring:
            if name not in _handles:
                _handles[name] = native.create_ruleset(name, text)
        self._handle = _handles[name]
        self._empty: list[str] = []

    def firings(self, facts: Sequence[Fact]) -> list[tuple[str, str]]:
        """Assert facts, each with an ``id`` of its own, and return every (rule, fact id) that fired.

        Raises NativeError when the library refuses a fact or loses the opening one.
        """
        _refuse_what_harms(facts)
        session = self._session()
        opening, ending = {"id": _OPENING, "k": _OPENING}, f',"sid":"{session}"}}'
        try:
            for each in (opening, *facts):
                code, state = native.assert_fact(self._handle, written(each)[:-1].decode() + ending)
                if code != _HANDLED and (code != _NOT_HANDLED or each is opening):
                    raise NativeError(f"Fact {each['id']} was answered with code {code}.")
            fired = self._read(state)
            if (_OPENING, _OPENING) not in fired:
                raise NativeError("The opening fact did not fire: the answer is not whole.")
            for each in (opening, *facts):
                native.retract_fact(self._handle, f'{{"id":"{each["id"]}"{ending}')
        except native.error as error:
            raise NativeError(str(error)) from error
        self._empty.append(session)
        fired.remove((_OPENING, _OPENING))
        return fired

    def _session(self) -> str:
        """A session that nobody else uses now, and that holds nothing."""
        try:
            return self._empty.pop()
        except IndexError:
            return str(next(_sessions))

    def _read(self, state: object) -> list[tuple[str, str]]:
        handle, on = self._handle, native.complete_and_start_action
        found: list[tuple[str, str]] = []
        started = native.start_action_for_state(handle, state)
        message = started[1] if started else None
        while message:
            firing = _FIRING(message)
            if firing is None:
                raise NativeError(f"A firing cannot be read: {message}")
            found.append((firing[1], firing[2]))
            message = on(handle, state)
        return found


def _refuse_what_harms(facts: Sequence[Fact]) -> None:
    if len({fact["id"] for fact in facts}) < len(facts):
        raise NativeError("A fact was given twice.")
    for fact in facts:
        if len(fact) > MOST_PROPERTIES:
            raise NativeError(f"Fact {fact['id']} has more than {MOST_PROPERTIES} properties.")


def _pattern(condition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"all": [{"m": condition}]}


def rule(kind: str, condition: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A rule over one fact of a kind (property ``k``) that meets a condition."""
    return _pattern({"k": kind} if condition is None else {"$and": [{"k": kind}, condition]})
