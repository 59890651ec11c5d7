"""Case numbers that can be said on the telephone: the year, seven digits, and a digit that checks them.

``2026-4217038-7``. The digits are those of a running number, mixed with the installation's secret: a row of
them in order would tell whoever may not see a case that there is one. Each is given once. The count is
changed in the transaction that receives the application.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from sqlalchemy import Insert, Integer, String, bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from decision_service.reading.said import said_in
from decision_service.store.tables import CaseCountRow
from norms.fault import MisfitError, fault

_say = said_in(__file__)

_WRITTEN = re.compile(r"([0-9]{4})([0-9]{6,})([0-9])")


Keyed = Callable[..., str]
"""The hash in hex of some words, with a secret."""


def next_case_numbers(session: Session, tenant: str, year: int, count: int, keyed: Keyed) -> list[str]:
    """So many of the municipality's next numbers of a year. Whoever else takes one waits until the
    transaction ends."""
    connection = session.connection()
    asked = {"the_tenant": tenant, "the_year": year, "more": count}
    last = connection.execute(_COUNT[connection.dialect.name], asked).scalar_one()
    of_year = partial(keyed, "case number", tenant, str(year))
    return [case_number(year, mixed(each, of_year)) for each in range(last - count + 1, last + 1)]


def hold_numbers(session: Session, tenant: str, year: int) -> None:
    """Let nobody take a number of the municipality until the transaction ends, not the first of the year
    either."""
    connection = session.connection()
    connection.execute(_BEGIN[connection.dialect.name], {"the_tenant": tenant, "the_year": year})
    counts = select(CaseCountRow.year).where(CaseCountRow.tenant == tenant).order_by(col(CaseCountRow.year))
    session.exec(counts.with_for_update()).all()


_FIRST, _END = 2_000_000, 10_000_000
"""Seven digits, where an earlier version gave six; none begins as a month, so that with a year before it none
can be a personal number."""
_HALF, _ROUNDS = 12, 8


def mixed(count: int, keyed: Keyed) -> int:
    """The number of a running one from 1 on: another for each, which nobody without the secret foresees.
    Raises OverflowError after the last."""
    if not 0 < count <= _END - _FIRST:
        raise OverflowError(_say("no_numbers_left", antal=count))
    found = count - 1
    while True:  # until it is one of the numbers there are: the blocks are twice as many
        left, right = found >> _HALF, found & (1 << _HALF) - 1
        for turn in range(_ROUNDS):
            left, right = right, left ^ int(keyed(str(turn), str(right))[:3], 16)
        found = left << _HALF | right
        if found < _END - _FIRST:
            return _FIRST + found


def case_number(year: int, number: int) -> str:
    """The number as people write it."""
    digits = f"{year:04d}{number:06d}"
    return f"{digits[:4]}-{digits[4:]}-{_check(digits)}"


def read_case_number(text: str) -> str:
    """The number that somebody wrote or heard, with or without hyphens and spaces. Raises MisfitError."""
    found = _WRITTEN.fullmatch(re.sub(r"[\s–-]", "", text))
    if found is None or _check(found[1] + found[2]) != found[3]:
        raise MisfitError(fault("not_case_number"))
    return f"{found[1]}-{found[2]}-{found[3]}"


def _check(digits: str) -> str:
    """The digit of Luhn's sum, which notices one wrong digit and nearly every two that changed places."""
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits))]
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


_KEY = {"tenant": bindparam("the_tenant", type_=String()), "year": bindparam("the_year", type_=Integer())}


def _counting(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Insert:
    """Some more, in one statement: the first of a year make the row."""
    last, more = col(CaseCountRow.last), bindparam("more", type_=Integer())
    counted = insert(CaseCountRow).values({**_KEY, "last": more})
    return counted.on_conflict_do_update(
        index_elements=["tenant", "year"], set_={"last": last + more}
    ).returning(last)


def _beginning(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Insert:
    """The row of a year that has none yet."""
    return insert(CaseCountRow).values({**_KEY, "last": literal(0)}).on_conflict_do_nothing()


_COUNT = {"postgresql": _counting(postgresql.Insert), "sqlite": _counting(sqlite.Insert)}
_BEGIN = {"postgresql": _beginning(postgresql.Insert), "sqlite": _beginning(sqlite.Insert)}
