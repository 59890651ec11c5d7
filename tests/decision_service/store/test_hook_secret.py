"""A client's secret is closed under a key that the database does not have, and opens in its own row alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlmodel import select

from audit import FileKeyStore
from audit.errors import KeyFileError, RowError
from decision_service.log.journal import open_log
from decision_service.store.database import open_engine, transaction
from decision_service.store.hook_secret import _BOUND, WEBHOOK, close, close_anew, opened
from decision_service.store.sealing import seal_what_is_clear
from decision_service.store.tables import UnsealedRow, WebhookRow

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SECRET = "hemlighet-for-notiser"
Make = Callable[..., WebhookRow]


@pytest.fixture
def keys(tmp_path: Path) -> FileKeyStore:
    return FileKeyStore(tmp_path / "nycklar")


@pytest.fixture
def make(filled_url: URL, keys: FileKeyStore) -> Iterator[Make]:
    """Rows with the secret, of two municipalities with a log each."""
    engine = open_engine(filled_url.render_as_string(hide_password=False))
    log = open_log(keys)
    with transaction(engine) as session:
        for tenant in ("1287", "1263"):
            log.create(session.connection(), tenant, "lagrum.example", NOW)

    def made(**other: object) -> WebhookRow:
        said = {"id": "1", "tenant": "1287", "client": "e", "url": "https://exempel.se/h"}
        row = WebhookRow(**said | other, created_at=NOW)
        with transaction(engine) as session:
            close(session.connection(), keys, row, SECRET)
        return row

    yield made
    engine.dispose()


def test_it_opens_as_it_was_closed_and_says_nothing(make: Make, keys: FileKeyStore) -> None:
    first, second = make(), make()
    assert opened(keys, first) == opened(keys, second) == SECRET.encode()
    assert first.secret != second.secret
    assert SECRET.encode() not in first.secret


OTHER = {"tenant": "1263", "id": "2", "client": "annan", "url": "https://exempel.se/annan", "every": True}


def test_it_opens_in_no_other_row(make: Make, keys: FileKeyStore) -> None:
    """Whatever of the row is another: all that says whose it is, where it goes and what is told there."""
    assert set(OTHER) == set(_BOUND)
    kept = make().secret
    for name, value in OTHER.items():
        row = make(**{name: value})
        assert opened(keys, row) == SECRET.encode()
        row.secret = kept
        with pytest.raises(RowError, match="inte den som e-tjänsten anmälde"):
            opened(keys, row)


def test_content_that_is_changed_cut_or_in_the_clear_opens_not(make: Make, keys: FileKeyStore) -> None:
    row = make()
    kept = row.secret
    for wrong in (b"", b"\x01", SECRET.encode(), kept[:-1], kept[:12] + bytes([kept[12] ^ 1]) + kept[13:]):
        row.secret = wrong
        with pytest.raises(RowError):
            opened(keys, row)


def test_a_plain_secret_that_somebody_puts_there_never_becomes_genuine(
    make: Make, keys: FileKeyStore, filled_url: URL
) -> None:
    """Not when the wrapping key is changed, nor when the upgrade, which has been done, is asked for again."""
    engine = open_engine(filled_url.render_as_string(hide_password=False))
    assert seal_what_is_clear(engine, keys, str) == 0
    plain, url = b"min-egen", "https://exempel.se/min"
    row = make()
    row.secret, row.url = plain, url
    with transaction(engine) as session:
        session.add(row)
        session.add(UnsealedRow(name=WEBHOOK))
    assert seal_what_is_clear(engine, keys, str) == 0
    with transaction(engine) as session:
        assert close_anew(session.connection(), keys, "1287") == 1
    with transaction(engine) as session:
        (kept,) = session.exec(select(WebhookRow)).all()
        assert session.exec(select(UnsealedRow)).all() == []
    assert (kept.secret, kept.url) == (plain, url)
    with pytest.raises(RowError):
        opened(keys, kept)
    engine.dispose()


def test_nobody_without_the_key_folder_opens_it(make: Make, tmp_path: Path) -> None:
    row = make()
    with pytest.raises(RowError) as refused:
        opened(FileKeyStore(tmp_path / "andra"), row)
    assert isinstance(refused.value.__cause__, KeyFileError)
