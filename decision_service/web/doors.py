"""Which pages are whose, and why each role reads cases when nothing else is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from decision_service.access.roles import REVIEWERS, Role

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

_DOORS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("ko", "Kön", frozenset({Role.HANDLAGGARE, Role.CHEF})),
    ("beslut", "Sök beslut", frozenset(REVIEWERS)),
    ("stickprov", "Stickprov", frozenset({Role.JURIST, Role.REVISOR})),
    (
        "deltagare",
        "Deltagare",
        frozenset({Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF}),
    ),
    ("grupper", "Grupper", frozenset({Role.ACTIVITY_SECRETARY})),
    (
        "resultat",
        "Resultat",
        frozenset({Role.CHEF, Role.JURIST, Role.REVISOR, Role.ACTIVITY_SECRETARY}),
    ),
    (
        "lagandringar",
        "Lagändringar",
        frozenset({Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.REVISOR}),
    ),
    ("foljder", "Följder", frozenset({Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR})),
    (
        "befolkning",
        "Befolkning",
        frozenset({Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.CHEF, Role.REVISOR}),
    ),
    ("scenario", "Påhittat hushåll", frozenset({Role.POLICY, Role.JURIST, Role.CHEF, Role.REVISOR})),
    ("siffror", "Siffror", frozenset({Role.CHEF, Role.JURIST, Role.REVISOR})),
)


def pages_of(roles: Collection[Role]) -> list[tuple[str, str]]:
    """Where the pages of somebody with these roles begin, and what each is called; the first is home."""
    return [(where, name) for where, name, whose in _DOORS if not whose.isdisjoint(roles)]


def read_cases(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles reads cases, and so says why."""
    return any(PURPOSES.get(each) for each in roles)
