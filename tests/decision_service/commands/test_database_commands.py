"""``lagrum migrate`` and ``lagrum audit rotate`` as an operator meets them, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col, select

import audit
from audit import Actor, ActorKind, Entry, EntryKind, FileKeyStore, verify_database
from audit.errors import RowError
from decision_service.commands.demonstration import CASES
from decision_service.log import journal
from decision_service.reading.strict_json import InputError
from decision_service.store import hook_secret
from decision_service.store.address import reached
from decision_service.store.database import migrate, reading, transaction
from decision_service.store.tables import WebhookRow
from tests.world.command_line import run

INSTALLATION = Path(__file__).parents[3] / "examples" / "installation.yaml"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def shown(url: URL) -> str:
    """An address as an operator writes it."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)


# --- migrate


def test_migrate_makes_the_tables_and_may_be_run_again(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAGRUM_DATABASE_URL", shown(database_url))
    for _ in range(2):
        assert run("migrate") == (0, "Databasen har den här versionens tabeller.\n", "")
    tables = set(inspect(create_engine(database_url)).get_table_names())
    assert {"application", "audit_entry", "release_file", "schema_version"} <= tables


@pytest.mark.slow
def test_a_database_of_a_later_version_is_left_alone(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAGRUM_DATABASE_URL", shown(database_url))
    run("migrate")
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
    code, out, err = run("migrate")
    assert (code, out) == (2, "")
    assert err == "Databasens tabeller är gjorda av en senare version. Uppgradera. Inget har ändrats.\n"


@pytest.mark.parametrize("address", ["nonsens", "oracle://server/x", "mysql+pymysql://server/x"])
@pytest.mark.parametrize("command", [("migrate",), ("worker",), ("serve",)])
def test_an_address_that_is_none_is_said_in_one_line(
    command: tuple[str, ...], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAGRUM_DATABASE_URL", address)
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err.startswith("LAGRUM_DATABASE_URL: Databasens adress går inte att läsa. Väntade sqlite:///FIL ")
    assert len(err.splitlines()) == 1


NOWHERE = "postgresql://lagrum_app:hemligtord@127.0.0.1:1/lagrum"


@pytest.mark.parametrize(
    "command",
    [
        ("migrate",),
        ("serve",),
        ("worker",),
        ("audit", "verify", NOWHERE),
        ("audit", "show", "--database", NOWHERE, "--keys", "nycklar"),
        ("audit", "rotate", "signing", "--database", NOWHERE, "--keys", "nycklar", "--who", "x"),
        ("decide", str(CASES / "ensam-bifall.json"), "--log", NOWHERE, "--keys", "nycklar"),
    ],
    ids=" ".join,
)
def test_a_server_that_does_not_answer_is_said_in_one_line_without_the_password(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nycklar").mkdir(mode=0o700)
    monkeypatch.setenv("LAGRUM_DATABASE_URL", NOWHERE)
    monkeypatch.setenv("LAGRUM_KEYS", str(tmp_path / "nycklar"))
    monkeypatch.setenv("LAGRUM_PORT", "0")
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err.startswith(
        "Databasen postgresql+psycopg://lagrum_app:***@127.0.0.1:1/lagrum går inte att använda"
    )
    assert "hemligtord" not in err
    assert len(err.splitlines()) == 1


# --- keys


@pytest.fixture
def logged(engine: Engine, tmp_path: Path) -> tuple[Engine, Path, str]:
    """A log with personal data, its keys and its first public key."""
    audit.prepare_engine(engine)
    audit.create_tables(engine)
    folder = tmp_path / "nycklar"
    log = journal.open_log(FileKeyStore(folder))
    with engine.begin() as connection:
        public = log.create(connection, "1287", "test", NOW)
        actor = Actor(ActorKind.SYSTEM, "test")
        entry = Entry(EntryKind.FACTS, NOW, actor, "prov", case="c-1", personal={"lön": "1"})
        log.append(connection, "1287", entry)
    return engine, folder, public


def rotate(logged: tuple[Engine, Path, str], *more: str) -> tuple[int, str, str]:
    """The command on a log."""
    engine, folder, _ = logged
    return run("audit", "rotate", *more, "--database", shown(engine.url), "--keys", str(folder))


def whole(logged: tuple[Engine, Path, str]) -> bool:
    """Whether everything holds, personal data too, for one who has the first public key."""
    engine, folder, public = logged
    report = verify_database(engine, {"1287": public}, [], FileKeyStore(folder))
    return report.ok


def test_a_new_signing_key_signs_and_the_first_still_vouches_for_it(logged: tuple[Engine, Path, str]) -> None:
    code, out, err = rotate(logged, "signing", "--who", "ab12")
    assert (code, err) == (0, "")
    assert "1287.test/audit+" in out
    assert len([*logged[1].glob("1287/signing-*.key")]) == 2
    assert whole(logged)


def test_a_new_wrapping_key_locks_the_vault_and_the_old_one_goes_when_asked(
    logged: tuple[Engine, Path, str],
) -> None:
    (first,) = logged[1].glob("1287/wrapping-*.key")
    assert rotate(logged, "wrapping", "--who", "ab12")[0] == 0
    assert first.exists()
    assert whole(logged)
    second = next(path for path in logged[1].glob("1287/wrapping-*.key") if path != first)
    assert rotate(logged, "wrapping", "--who", "ab12", "--destroy")[0] == 0
    assert not second.exists()
    first.unlink()
    assert whole(logged)


@pytest.mark.slow
def test_a_client_is_signed_for_under_the_new_wrapping_key(engine: Engine, tmp_path: Path) -> None:
    """One that was not the client's before is not so after, and while it is there the old key is kept."""
    migrate(engine)
    keys = FileKeyStore(tmp_path)
    hooks = [
        WebhookRow(id=name, tenant="1287", client="e", url="https://exempel.se/h", created_at=NOW)
        for name in ("1", "2")
    ]
    with transaction(engine) as session:
        journal.open_log(keys).create(session.connection(), "1287", "test", NOW)
        for each in hooks:
            hook_secret.close(session.connection(), keys, each, f"hemlighet {each.id}")
            session.add(each)
    with engine.begin() as connection:
        connection.execute(text("UPDATE webhook SET client = 'annan' WHERE id = '2'"))
    (old,) = tmp_path.glob("1287/wrapping-*.key")
    code, _, err = rotate((engine, tmp_path, ""), "wrapping", "--who", "ab12", "--destroy")
    assert code != 0
    assert "den förra nyckeln är inte förstörd" in err
    assert "kan behöva den: 1." in err
    assert old.name in err
    assert old.exists()
    old.unlink()
    left = FileKeyStore(tmp_path)
    with reading(engine) as session:
        first, second = session.exec(select(WebhookRow).order_by(col(WebhookRow.id))).all()
    assert hook_secret.opened(left, first) == b"hemlighet 1"
    with pytest.raises(RowError, match="inte den som e-tjänsten anmälde"):
        hook_secret.opened(left, second)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM webhook WHERE id = '2'"))
    (now,) = tmp_path.glob("1287/wrapping-*.key")
    assert rotate((engine, tmp_path, ""), "wrapping", "--who", "ab12", "--destroy")[0] == 0
    assert not now.exists()


def test_who_changes_a_key_is_a_staff_id_and_must_be_given(logged: tuple[Engine, Path, str]) -> None:
    code, _, err = rotate(logged, "signing")
    assert code == 2
    assert "--who" in err
    code, _, err = rotate(logged, "signing", "--who", "198802092380")
    assert code == 2
    assert "personnummer" in err
    assert whole(logged)
    with logged[0].connect() as connection:
        kinds = connection.execute(text("SELECT type FROM audit_entry ORDER BY seq")).scalars().all()
    assert kinds == ["key_changed", "facts"]


@pytest.mark.slow
@pytest.mark.parametrize("written", [False, True], ids=["missing", "no certificate"])
def test_nothing_is_begun_for_an_installation_that_does_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """A log has its name for ever: it is begun when everything else has been seen to work."""
    monkeypatch.setenv("LAGRUM_DATABASE_URL", f"sqlite:///{tmp_path}/lagrum.db")
    monkeypatch.setenv("LAGRUM_KEYS", str(tmp_path / "nycklar"))
    monkeypatch.setenv("LAGRUM_INSTALLATION", str(INSTALLATION))
    monkeypatch.setenv("LAGRUM_PUBLIC_URL", "https://lagrum.exempel.se")
    monkeypatch.setenv("LAGRUM_PORT", "0")
    if written:
        monkeypatch.setenv("LAGRUM_INSTALLATION", str(tmp_path / INSTALLATION.name))
        (tmp_path / INSTALLATION.name).write_bytes(INSTALLATION.read_bytes())
        (tmp_path / "hemligt").mkdir()
        for each in ("trelleborg.pem", "trelleborg.key", "betrodda.pem"):
            (tmp_path / "hemligt" / each).write_text("inget certifikat", "utf-8")
    code, out, err = run("serve")
    assert (code, "log_created" in out) == (2, False)
    assert ("betrodda.pem går inte att använda" if written else "trelleborg.pem går inte att läsa") in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "nycklar").exists()


def test_a_role_that_may_not_make_the_tables_is_told_who_does() -> None:
    with pytest.raises(InputError) as told, reached(make_url(NOWHERE)):
        raise ProgrammingError(
            "CREATE TABLE x", {}, InsufficientPrivilege("permission denied for schema public")
        )
    assert "Kör först lagrum migrate" in str(told.value)
