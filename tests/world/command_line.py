"""A municipality that decides on the command line: a log, its keys, two decided cases, the letter of one."""

from __future__ import annotations

import io
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from decision_service.cli import main
from tests.world.logs import logging_as_it_was
from tests.world.service import wait_for_servers

CASES = Path(__file__).parents[2] / "examples" / "cases"
GRANTED, FAMILY = CASES / "ensam-bifall.json", CASES / "familj-pa-fem.json"


class Done(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Municipality:
    """Its folder, its database as people write it, and the number of the first case."""

    folder: Path
    database: str
    case: str

    @property
    def keys(self) -> str:
        """The folder of the keys."""
        return str(self.folder / "nycklar")

    @property
    def public(self) -> str:
        """The file of the public key."""
        return str(self.folder / "nycklar" / "9999.pub")

    @property
    def letter(self) -> Path:
        """The letter's proof of the first case."""
        return self.folder / "brev.txt"

    def run(self, *arguments: str) -> Done:
        """What a command answers."""
        return run(*arguments)

    def decide(self, file: Path) -> Done:
        """Decide another case."""
        return decided(file, self.database, self.keys)

    def verify(self, *more: str) -> Done:
        """Check the log."""
        return run("audit", "verify", self.database, "--key", self.public, *more)

    def of_case(self, action: str, *more: str) -> Done:
        """What ``audit`` answers about a case."""
        return run("audit", action, *more, "--database", self.database, "--keys", self.keys)

    def export(self, *more: str) -> Path:
        """The first case, handed out."""
        target = self.folder / "utdrag.zip"
        done = self.of_case("export", self.case, "-o", str(target), *more)
        assert done.code == 0, done.err
        return target

    def copied(self, folder: Path) -> Municipality:
        """The same in another folder, where its database is a file of this one."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder, database=str(folder / Path(self.database).name))


def run(*arguments: str) -> Done:
    """What a command answers, and nothing that a server of an earlier test says as it ends."""
    wait_for_servers()
    with (
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
        logging_as_it_was(),
    ):
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def decided(file: Path, database: str, keys: str) -> Done:
    """A case decided and logged."""
    done = run("decide", str(file), "--log", database, "--keys", keys)
    assert done.code == 0, done.err
    return done


def begun(folder: Path, database: str) -> Municipality:
    """A new log with its two cases."""
    keys = str(folder / "nycklar")
    first = decided(GRANTED, database, keys).out
    (folder / "brev.txt").write_text(first[first.index("c2sp.org/tlog-proof@v1") :], "utf-8")
    case = re.findall(r"Loggat som ärende ([0-9a-f]{32}), post 5 i kommun 9999", first)[0]
    decided(FAMILY, database, keys)
    return Municipality(folder, database, case)
