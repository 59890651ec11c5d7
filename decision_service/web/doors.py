"""Which pages are whose, and why each role reads cases when nothing else is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from decision_service.access.roles import REVIEWERS, Role
from decision_service.reading.said import said_in

PURPOSES: Mapping[Role, str] = {
    Role.HANDLAGGARE: "handlaggning",
    Role.JURIST: "granskning",
    Role.CHEF: "uppfoljning",
    Role.REVISOR: "granskning",
    Role.ACTIVITY_SECRETARY: "planering",
    Role.POLICY: "",
    Role.PUBLICIST: "",
}
"""The roles that have pages; those without a purpose read no case."""

_say = said_in(__file__)
_DOORS: tuple[tuple[str, frozenset[Role]], ...] = (
    ("ko", frozenset({Role.HANDLAGGARE, Role.CHEF})),
    ("beslut", frozenset(REVIEWERS)),
    ("stickprov", frozenset({Role.JURIST, Role.REVISOR})),
    (
        "deltagare",
        frozenset({Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF}),
    ),
    ("grupper", frozenset({Role.ACTIVITY_SECRETARY})),
    (
        "resultat",
        frozenset({Role.CHEF, Role.JURIST, Role.REVISOR, Role.ACTIVITY_SECRETARY}),
    ),
    (
        "lagandringar",
        frozenset({Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.REVISOR}),
    ),
    ("foljder", frozenset({Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR})),
    (
        "befolkning",
        frozenset({Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.CHEF, Role.REVISOR}),
    ),
    ("scenario", frozenset({Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR})),
    (
        "regelbruk",
        frozenset({Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.CHEF, Role.REVISOR}),
    ),
    ("siffror", frozenset({Role.CHEF, Role.JURIST, Role.REVISOR})),
)


def pages_of(roles: Collection[Role]) -> list[tuple[str, str]]:
    """Where the pages of somebody with these roles begin, and what each is called; the first is home."""
    return [(where, _say(where)) for where, whose in _DOORS if not whose.isdisjoint(roles)]


def read_cases(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles reads cases, and so says why."""
    return any(PURPOSES.get(each) for each in roles)
