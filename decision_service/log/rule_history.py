"""What a rule has said in each rule release that a municipality has decided by."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import Engine, select
from sqlmodel import col

from audit.database import read_only
from decision_service.log.published import published_releases
from decision_service.store.tables import ReleaseFileRow
from rules.book import begins_another


@dataclass(frozen=True, slots=True)
class RuleInRelease:
    """A release in which a rule says something else than before. ``lines`` are its changed lines, each with
    ``+``, ``-`` or a space before it; empty for the first release."""

    release: str
    published: datetime
    lines: Sequence[str]


def rule_history(engine: Engine, tenant: str, rule_id: str) -> list[RuleInRelease]:
    """The releases in which a rule became another, the newest first."""
    found: list[RuleInRelease] = []
    before: list[str] | None = None
    releases = published_releases(engine, tenant)[::-1]
    said = _said(engine, rule_id, [one.id for one in releases])
    for one in releases:
        now = said.get(one.id, [])
        if now != before:
            lines = [] if before is None else list(difflib.ndiff(before, now))
            found.append(RuleInRelease(one.id, one.published, [each for each in lines if each[0] != "?"]))
        before = now
    return found[::-1]


def _said(engine: Engine, rule_id: str, releases: Sequence[str]) -> dict[str, list[str]]:
    """The lines of a rule in each release, in all of its wordings."""
    row = ReleaseFileRow
    query = select(col(row.release), col(row.content)).where(
        col(row.release).in_(releases), col(row.content).contains(f"- id: {rule_id}", autoescape=True)
    )
    found: dict[str, list[str]] = {}
    with read_only(engine) as connection:
        for release, content in connection.execute(query.order_by(col(row.name))):
            found.setdefault(release, []).extend(_lines(content.splitlines(), rule_id))
    return found


def _lines(lines: Sequence[str], rule_id: str) -> Iterator[str]:
    for number, line in enumerate(lines):
        if line.strip() == f"- id: {rule_id}":
            yield line
            yield from takewhile(lambda each: not begins_another(each), lines[number + 1 :])
