"""Case numbers that can be said on the telephone: the year, a running number, and a digit that checks them.

``2026-004217-9``. Each municipality counts from one each year. The count is changed in the transaction that
receives the application, so that a number is never given twice and none is left out.
"""

from __future__ import annotations

import re

from sqlalchemy import Insert, Integer, String, bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from decision_service.store.tables import CaseCountRow
from norms.fault import MisfitError, fault

_WRITTEN = re.compile(r"([0-9]{4})([0-9]{6,})([0-9])")


def next_case_number(session: Session, tenant: str, year: int) -> str:
    """The municipality's next number of a year. Whoever else takes one waits until the transaction ends."""
    connection = session.connection()
    counted = connection.execute(_COUNT[connection.dialect.name], {"the_tenant": tenant, "the_year": year})
    return case_number(year, counted.scalar_one())


def case_number(year: int, count: int) -> str:
    """The number as people write it."""
    digits = f"{year:04d}{count:06d}"
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


def _counting(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Insert:
    """One more, in one statement: the first of a year makes the row."""
    values = {
        "tenant": bindparam("the_tenant", type_=String()),
        "year": bindparam("the_year", type_=Integer()),
        "last": literal(1),
    }
    last = col(CaseCountRow.last)
    counted = insert(CaseCountRow).values(values)
    return counted.on_conflict_do_update(
        index_elements=["tenant", "year"], set_={"last": last + 1}
    ).returning(last)


_COUNT = {"postgresql": _counting(postgresql.Insert), "sqlite": _counting(sqlite.Insert)}
