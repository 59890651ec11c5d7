"""Rows of the caller's tables that entries vouch for: is each the logged one, and is none missing?

An entry that tells of a row carries a commitment to what the row says, under the case's key. So a row that
was changed, added or removed behind the program's back no longer agrees with the log. Which rows there are
and what they say is for the caller to tell: the log knows nothing of the tables.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from audit import tables, vault
from audit.canonical import Json
from audit.entry import EntryKind
from audit.errors import RowError
from audit.keys import KeyStore
from audit.verify import canonical


class TableRow(NamedTuple):
    """A row as the tables have it: its case, its name there, and the SHA-256 of what it says; None where it
    is no more. ``before``: the same without what entries of an earlier version did not vouch for. ``since``:
    an entry is owed only where one tells of the case's row of this name; else an earlier version wrote it."""

    case: str
    name: str
    content: bytes | None
    before: bytes | None = None
    since: str | None = None


class File(NamedTuple):
    """A kept file of a rule release, with the SHA-256 of its text; or that it was published. ``owed``: there
    must be an entry that says it."""

    release: str
    name: str
    content: bytes
    owed: bool = False


def publication_of(release: str, said: Mapping[str, Json]) -> File:
    """That a release was published, as its entry says it."""
    content = hashlib.sha256(canonical(said).encode()).digest()
    return File(release, f"publicering {said['number']}", content, owed=True)


Source = Callable[[Connection, str], Iterable[TableRow | File]]
"""All rows and files that a municipality has in the caller's tables."""


def require_logged(
    connection: Connection, keys: KeyStore, tenant: str, rows: Iterable[TableRow], kinds: Collection[str] = ()
) -> None:
    """Raise RowError at the first row that is not the one that the newest entry of its case vouches for.

    ``kinds``: look among entries of these kinds alone, and among adoptions.
    """
    asked: dict[str, list[TableRow]] = {}
    for row in rows:
        asked.setdefault(row.case, []).append(row)
    if not asked:
        return
    names = {(case, row.name) for case, each in asked.items() for row in each}
    said, opened = _said_and_opened(connection, keys, tenant, asked, kinds, names)
    for case, each in asked.items():
        for row in each:
            found = said.get((case, row.name))
            if found is None or case not in opened or not _same(opened[case], row, found):
                raise RowError(
                    f"{row.name} i ärende {case} är inte det som står i granskningsloggen. "
                    "Använd det inte; kör lagrum audit verify och utred."
                )


def _said_and_opened(
    connection: Connection,
    keys: KeyStore,
    tenant: str,
    cases: Iterable[str],
    kinds: Collection[str],
    wanted: Collection[tuple[str, str]],
) -> tuple[dict[tuple[str, str], str | None], dict[str, bytes]]:
    """What ``said_of`` says of the rows that are ``wanted``, and the keys of the cases that have one, opened.
    In one query: it is asked for every case that is read."""
    asked = {"tenant": tenant, "cases": list(cases), "kinds": sorted({*kinds, EntryKind.ADOPTION.value})}
    found = connection.execute(_WITH_KEYS_OF_KINDS if kinds else _WITH_KEYS, asked).all()
    locked = {name: tuple(key) for name, _, *key in found if key[1] is not None}
    said = _said(((name, body) for name, body, *_ in found), wanted)
    return said, {name: vault.unwrap(keys, tenant, name, *key) for name, key in locked.items()}


def said_of(connection: Connection, tenant: str, cases: Iterable[str]) -> dict[tuple[str, str], str | None]:
    """What the newest entry that tells of each row of some cases says of it, by case and name."""
    return _said(connection.execute(_ENTRIES, {"tenant": tenant, "cases": list(cases)}))


def _entries() -> Select[Any]:
    """The entries of some cases, the newest first."""
    entry = tables.entry.c
    its = entry.tenant == bindparam("tenant"), entry.case_id.in_(bindparam("cases", expanding=True))
    return select(entry.case_id, entry.body).where(*its).order_by(entry.seq.desc())


def _with_keys() -> Select[Any]:
    """The same with the keys of the cases."""
    entry, case = tables.entry.c, tables.case.c
    of_case = (case.tenant == entry.tenant) & (case.case_id == entry.case_id)
    query = _entries().add_columns(case.wrapping_key, case.wrapped)
    return query.outerjoin_from(tables.entry, tables.case, of_case)


_ENTRIES, _WITH_KEYS = _entries(), _with_keys()
_WITH_KEYS_OF_KINDS = _with_keys().where(tables.entry.c.type.in_(bindparam("kinds", expanding=True)))


def _said(
    entries: Iterable[tuple[str, bytes]], wanted: Collection[tuple[str, str]] | None = None
) -> dict[tuple[str, str], str | None]:
    """What entries, the newest first, say of the rows that are wanted, or of all."""
    said: dict[tuple[str, str], str | None] = {}
    left = None if wanted is None else set(wanted)
    for case, body in entries:
        if left is not None and not left:
            break
        if b'"rows":' in body:
            for name, one in orjson.loads(body).get("rows", {}).items():
                said.setdefault((case, name), one)
                if left is not None:
                    left.discard((case, name))
    return said


def case_keys(
    connection: Connection, keys: KeyStore, tenant: str, cases: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """The keys of cases that have one, opened."""
    case = tables.case.c
    query = select(case.case_id, case.wrapping_key, case.wrapped).where(
        case.tenant == tenant, case.case_id.in_(list(cases)), case.wrapped.is_not(None)
    )
    for name, wrapping_key, wrapped in connection.execute(query).all():
        yield name, vault.unwrap(keys, tenant, name, wrapping_key, wrapped)


def _same(case_key: bytes, row: TableRow, said: str) -> bool:
    made = (
        vault.commit_rows(case_key, {row.name: one})[row.name] for one in (row.content, row.before) if one
    )
    return any(hmac.compare_digest(str(each), said) for each in made)


class RowsCompared(NamedTuple):
    """What a comparison found: faults in Swedish, and how many rows and files there are."""

    faults: list[str]
    rows: int
    files: int


def compare(
    found: Iterable[TableRow | File],
    said: Mapping[tuple[str, str], tuple[int, str | None]],
    published: Mapping[tuple[str, str], tuple[int, str]],
    deleted: Collection[str],
    case_key: Callable[[str], bytes | None] | None,
) -> RowsCompared:
    """Hold all rows against what the log says, both ways. ``said``: of each row (case, name) the newest entry
    and its commitment, None where it says that the row is no more; ``published``: of each file of a release
    (release, name) its entry and SHA-256 in hex. ``case_key`` opens a case; None when nobody has the keys:
    then only what is missing is seen.
    """
    faults, rows, files = [], set(), set()
    releases = {release for release, _ in published}
    for one in found:
        if isinstance(one, File):
            files.add(at := (one.release, one.name))
            if at not in published and one.owed:
                faults.append(f"{one.name} av regelversion {one.release} står inte i någon post.")
            elif at not in published and one.release in releases:
                faults.append(f"filen {one.name} i regelversion {one.release} är ingen av de publicerade.")
            elif at in published and published[at][1] != one.content.hex():
                faults.append(f"filen {one.name} i regelversion {one.release} är inte den publicerade.")
            continue
        rows.add(at := (one.case, one.name))
        entry, commitment = said.get(at, (None, None))
        if one.case in deleted:
            faults.append(f"ärende {one.case}: är gallrat, men {one.name} finns i tabellerna.")
        elif entry is None and one.since is not None and (one.case, one.since) not in said:
            continue
        elif entry is None:
            faults.append(f"ärende {one.case}: {one.name} finns i tabellerna, men ingen post svarar för det.")
        elif commitment is None:
            faults.append(f"ärende {one.case}: {one.name} finns i tabellerna, men upphörde i post {entry}.")
        elif case_key is not None:
            key = case_key(one.case)
            if key is None or not _same(key, one, commitment):
                faults.append(f"ärende {one.case}: {one.name} är inte det som loggades i post {entry}.")
    for case, name in sorted(said.keys() - rows):
        entry, commitment = said[case, name]
        if case not in deleted and commitment is not None:
            faults.append(f"ärende {case}: post {entry} svarar för {name}, som inte finns i tabellerna.")
    kept = {release for release, _ in files}
    for release, name in sorted(published.keys() - files):
        if release in kept:
            faults.append(f"filen {name} i regelversion {release} finns inte kvar.")
    return RowsCompared(faults, len(rows), len(files))
