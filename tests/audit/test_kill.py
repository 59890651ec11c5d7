"""A process is killed while it writes; what had been acknowledged is there, and the log goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, func, select

from audit import FileKeyStore, Log, create_tables, prepare_engine, tables, verify_database
from tests.audit.world import SOFTWARE, World

pytestmark = pytest.mark.slow

WRITER = """
import sys
from pathlib import Path
from sqlalchemy import create_engine
from audit import prepare_engine
from tests.audit.world import World
world = World(prepare_engine(create_engine(sys.argv[1])), Path(sys.argv[2]))
while True:
    with world.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO applications DEFAULT VALUES")
        world.log.append(connection, "1287", world.entry(case=f"c-{world.now:%S}", personal={"lön": 1}))
        done = world.log.append(connection, "1287", world.entry())
    print(done.seq, flush=True)
"""


def test_kill(database_url: URL, tmp_path: Path) -> None:
    engine = prepare_engine(create_engine(database_url))
    create_tables(engine)
    identity = "SERIAL" if engine.dialect.name == "postgresql" else "INTEGER"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE applications (id {identity} PRIMARY KEY)")
    world = World(engine, tmp_path)
    world.create("1287")
    engine.dispose()
    acknowledged = 0
    for kill_after in (1, 7, 20):
        url = database_url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", WRITER, url, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(kill_after):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
        log = Log(FileKeyStore(tmp_path / "keys"), SOFTWARE)
        log.checkpoint(engine, "1287")
        report = verify_database(engine, world.public, vault=world.keys)
        assert report.ok, str(report)
        with engine.connect() as connection:
            size = connection.execute(select(tables.head.c.size)).scalar_one()
            facts = select(func.count()).where(tables.entry.c.type == "facts")
            entries = connection.execute(facts).scalar_one()
            applications = connection.exec_driver_sql("SELECT count(*) FROM applications").scalar_one()
        assert size >= acknowledged + 1, "an acknowledged entry is gone"
        assert entries == 2 * applications, "an application without its trail, or the reverse"
        engine.dispose()
