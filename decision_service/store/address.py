"""Where a database is: every way to write it read in one place, and one sentence when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from decision_service.reading.strict_json import InputError
from norms.fault import fault

_DENIED = "42501"
"""What PostgreSQL calls it when a role may not do something."""
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


def address_of(text: str, *place: str) -> URL:
    """The address that a text gives: ``sqlite:///FILE`` or ``postgresql://…``.

    Raises InputError at ``place`` for anything else.
    """
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        address = None
    driver = _DRIVERS.get(address.drivername.partition("+")[0]) if address is not None else None
    if address is None or driver is None or not address.database:
        raise InputError([fault("not_database_address", *place)])
    return address.set(drivername=driver)


def address_or_file(text: str) -> URL:
    """The same, or the name of a SQLite file. Raises InputError."""
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        return address_of(text)
    except InputError:
        raise InputError([fault("neither_database_nor_file")]) from None


def shown(address: URL) -> str:
    """An address as people may see it: without its password, and a SQLite file by its name."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.render_as_string(hide_password=True)


@contextmanager
def reached(address: URL) -> Iterator[None]:
    """Use a database for the first time. Raises InputError where the database does not let itself be used."""
    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        denied = getattr(error.orig, "sqlstate", None) == _DENIED
        code = "database_not_permitted" if denied else "database_unreachable"
        raise InputError([fault(code, database=shown(address), reason=reason)]) from error
