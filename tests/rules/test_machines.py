"""A population on the workers of a cluster is the same to the byte as on this machine alone."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from decision_service import cli
from norms.fault import MisfitError
from norms.month import Month
from rules.book import Rulebook
from rules.law import resolve
from rules.population import machines, parquet
from rules.population.effect import Effect, as_json, effect, engine_of
from rules.population.machines import MadeUp, TwoLaws
from rules.population.synthetic import parts, synthetic
from rules.sentences import sentences
from tests.world.corrected import corrected

MONTH, HOUSEHOLDS, SEED = Month(2026, 11), 100_000, 5


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers, each a process of its own."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


def address_of(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address).replace("tcp://", machines.SCHEME)


def alone(book: Rulebook) -> str:
    """What this machine comes to."""
    was, will = (resolve(each, MONTH, "9999") for each in (book, corrected()))
    before, after, whole = engine_of(was), engine_of(will), Effect()
    for part in range(parts(HOUSEHOLDS)):
        whole.plus(effect(before, after, synthetic(was, HOUSEHOLDS, SEED, part)))
    return json.dumps(as_json(whole))


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_no_byte(book: Rulebook, cluster: LocalCluster) -> None:
    laws = TwoLaws.of(book, corrected(), MONTH, "9999")
    killed: list[int] = []

    def kill_one(_: Effect) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(killed[0], signal.SIGKILL)

    made = [MadeUp(HOUSEHOLDS, SEED, part) for part in range(parts(HOUSEHOLDS))]
    found = machines.reckoned(address_of(cluster), laws, made, kill_one)
    assert killed
    assert json.dumps(as_json(found)) == alone(book)


@pytest.mark.slow
def test_the_command_says_the_same_on_a_cluster_of_a_file_too(
    book: Rulebook, cluster: LocalCluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rules", "population", "inbyggda", "inbyggda", "--month", "2026-11", "--json"]
    law, file = resolve(book, MONTH, None), tmp_path / "p.parquet"
    parquet.write(file, [synthetic(law, 500, 3, 0)], law.vocabulary)
    for source in (["--households", "30000"], ["--file", str(file)]):
        assert cli.main([*words, *source, "--processes", "1"]) == 0
        here = capsys.readouterr().out
        assert cli.main([*words, *source, "--on", address_of(cluster)]) == 0
        assert capsys.readouterr().out == here


def test_a_cluster_that_is_not_there_is_told(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "_PATIENCE", 0.2)
    laws = TwoLaws.of(book, book, MONTH, None)
    for address in ("dask://127.0.0.1:1", "dask://", "tcp://127.0.0.1:1"):
        with pytest.raises(MisfitError) as error:
            machines.reckoned(address, laws, [], print)
        assert "Inget Dask-kluster svarar" in sentences().line(error.value.faults[0])
