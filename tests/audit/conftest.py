from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from audit import create_tables, prepare_engine
from tests.audit.packages import fill
from tests.audit.world import World
from tests.world.database import done_with, takes_over


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    """Two municipalities with empty logs, on SQLite and on PostgreSQL in turn."""
    prepare_engine(engine)
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287", "1384")
    return world


@pytest.fixture
def memory_world(tmp_path: Path) -> Iterator[World]:
    """The same in a SQLite database in memory: for what does not depend on the database."""
    engine = takes_over(prepare_engine(create_engine("sqlite://")))
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287", "1384")
    yield world
    done_with(engine)


@pytest.fixture
def decided(world: World) -> World:
    """The same after a decision, with a letter, beside other cases."""
    return fill(world)


@pytest.fixture
def decided_in_memory(memory_world: World) -> World:
    """The same in memory."""
    return fill(memory_world)
