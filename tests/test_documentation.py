"""What README, docs, compose.yaml and the lock file say is so: commands, links, settings, names."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from prometheus_client.core import Metric
from sqlalchemy import URL

from decision_service import cli
from decision_service.api.problems import PROBLEMS
from decision_service.installation.configuration import Installation
from decision_service.installation.settings import PREFIX, Settings
from decision_service.operations.metrics import Metrics
from decision_service.store.tables import ApplicationState
from tests.world.database import new_database
from tests.world.service import running
from tests.world.sweeps import swept

PROJECT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for place in ("*.md", "docs/**/*.md", "bench/**/*.md", "examples/**/*.md")
    for path in PROJECT.glob(place)
)
OPERATIONS = PROJECT / "docs" / "operations.md"
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))

_FENCE = re.compile(r"^\s*```(\w*)\n(.*?)^\s*```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?:^|(?<=[\s(/]))lagrum (?=[a-z])(.*)")
_END = re.compile(r"\s{2,}|\s#|\s\||\s>|\)|$")


# --- commands


def commands(text: str) -> Iterator[str]:
    """Every command line that a page shows, in blocks and in the text."""
    for _, block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            yield from _commands_of(line)
    for span in _INLINE.findall(_FENCE.sub("", text)):
        if span.startswith("lagrum "):
            yield from _commands_of(span)


def _commands_of(line: str) -> Iterator[str]:
    for found in _COMMAND.finditer(line):
        rest = found[1]
        end = _END.search(rest)
        yield rest[: end.start()] if end else rest


def arguments(command: str) -> list[str]:
    """The words of a command line; of a description with brackets and choices the first choice."""
    plain = re.sub(r"\\\|\S+", "", command.replace("]…", "]"))
    return shlex.split(re.sub(r"[\[\]]", "", plain))


def accepted(words: list[str]) -> bool:
    """Whether the program takes these words: whole, or as the beginning that a text may name."""
    for attempt in (words, [*words, "--help"]):
        if attempt is not words and not all(re.fullmatch("[a-z]+", word) for word in words):
            return False
        try:
            cli.parser().parse_args(attempt)
        except SystemExit as end:
            if end.code == 0:
                return True
        else:
            return True
    return False


@swept("page", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_command_line_is_one_that_the_program_takes(page: Path) -> None:
    shown = [*commands(page.read_text("utf-8"))]
    assert [command for command in shown if not accepted(arguments(command))] == []


def test_command_lines_are_found_and_wrong_ones_refused() -> None:
    page = "Kör `lagrum rules show R` eller\n```sh\nA=$(.venv/bin/lagrum audit show X --keys k | head)\n```\n"
    assert [*commands(page)] == ["audit show X --keys k", "rules show R"]
    assert accepted(["rules", "show", "R"])
    assert accepted(["audit"])
    assert not accepted(["rules", "visa", "R"])
    assert not accepted(["audit", "show", "X", "--keys", "k"])
    assert sum(len([*commands(page.read_text("utf-8"))]) for page in PAGES) > 40


# --- links


@cache
def anchors(page: Path) -> frozenset[str]:
    """What the headings of a page are called in addresses."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+\s+(.+?)\s*$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings)


def broken(page: Path, root: Path = PROJECT) -> list[str]:
    """Links of a page that lead nowhere in the project."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        there = target.exists() and root in target.parents
        if not there or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


@swept("page", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    page = tmp_path / "en" / "sida.md"
    page.write_text(
        "# Rubrik ett\n[a](#rubrik-ett) [b](#rubrik-två) [c](finns-inte.md) [d](../..)\n", "utf-8"
    )
    assert broken(page, tmp_path) == ["#rubrik-två", "finns-inte.md", "../.."]


def test_every_bench_is_explained() -> None:
    text = (PROJECT / "bench" / "README.md").read_text("utf-8")
    benches = [path.name for path in (PROJECT / "bench").glob("*.py") if not path.name.startswith("_")]
    assert [name for name in benches if f"`{name}`" not in text] == []


@swept("path", sorted((PROJECT / "bench").glob("*.py")), ids=lambda path: path.stem)
def test_every_bench_can_be_loaded(path: Path) -> None:
    """Nothing else runs them but people, who would be the first to see that a name has moved."""
    runpy.run_path(str(path), run_name="loaded")


# --- docs/operations.md


def table(name: str) -> list[list[str]]:
    """The rows of a marked table, cell by cell, without its head."""
    text = OPERATIONS.read_text("utf-8")
    found = re.search(rf"<!-- tabell: {name} -->\n(.*?)\n<!-- slut -->", text, re.DOTALL)
    assert found is not None
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in found[1].splitlines()[2:]]


def test_the_settings_are_those_of_the_program_with_their_defaults() -> None:
    defaults = {}
    for name, field in Settings.model_fields.items():
        value = field.default
        shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        defaults[f"{PREFIX}{name.upper()}"] = "" if shown is None else str(shown)
    assert {row[0]: row[1] for row in table("inställningar")} == defaults


def test_the_checks_and_the_key_files_are_those_of_the_program(sqlite_tables: URL, tmp_path: Path) -> None:
    with new_database(None, tmp_path, sqlite_tables) as url, running(url, tmp_path) as one:
        checks = one.http.get("/readyz").json()["checks"]
        folder = one.service.settings.keys
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert [row[0] for row in table("kontroller")] == [check["name"] for check in checks]
    told = [name.replace("<kod>", "[0-9]*") for row in table("kopior") for name in row[0].split("`")]
    assert {"witness.key", "pseudonym.key"} < files
    names = {each: (each, Path(each).name) for each in files}
    assert [each for each, its in names.items() if not any(fnmatch(a, b) for a in its for b in told)] == []


def test_the_figures_are_those_of_the_program() -> None:
    families: list[Metric] = [*Metrics().registry.collect()]
    assert sorted(row[0] for row in table("mätvärden")) == sorted(family.name for family in families)


def test_every_key_of_the_installation_file_is_explained() -> None:
    text = OPERATIONS.read_text("utf-8").partition("## Installationsfilen")[2].partition("\n## ")[0]
    example = yaml.safe_load((PROJECT / "examples" / "installation.yaml").read_text("utf-8"))

    def keys(node: Any) -> Iterator[str]:
        if isinstance(node, list):
            for each in node:
                yield from keys(each)
        elif isinstance(node, dict):
            for key, value in node.items():
                yield key
                yield from keys(value)

    free = set(example["kommuner"]) | set(example["läsändamål"])
    assert {key for key in keys(example) if f"`{key}`" not in text} - free == set()


def test_the_example_installation_is_one_that_the_program_reads() -> None:
    path = PROJECT / "examples" / "installation.yaml"
    assert set(Installation.load(path).municipalities) == {"1263", "1287"}


# --- compose.yaml, Containerfile, lock file


def test_every_image_can_be_pinned_by_its_digest() -> None:
    """An image is named once, by what whoever builds may set, in a form that takes a digest."""
    images = {each["image"] for each in COMPOSE["services"].values() if "build" not in each}
    assert images == {"${POSTGRES_IMAGE:-postgres:18}"}
    arguments = COMPOSE["x-lagrum"]["build"]["args"]
    assert arguments == {"PYTHON_IMAGE": "${PYTHON_IMAGE:-python:3.11-slim}"}
    lines = (PROJECT / "Containerfile").read_text("utf-8").splitlines()
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"${PYTHON_IMAGE}"}
    assert "ARG PYTHON_IMAGE=python:3.11-slim" in lines


def test_compose_sets_only_settings_that_exist_and_runs_only_commands_that_exist() -> None:
    known = {f"{PREFIX}{name.upper()}{end}" for name in Settings.model_fields for end in ("", "_FILE")}
    ours = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "lagrum"}
    assert set(ours) == {"migrate", "api-1", "api-2", "worker-1", "worker-2"}
    for service in ours.values():
        assert set(service["environment"]) <= known
        assert accepted(service["command"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_every_secret_in_compose_is_a_file_and_nothing_else_is_secret() -> None:
    for name, service in COMPOSE["services"].items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        named = str(service.get("environment", {})) + str(service.get("command", ""))
        assert set(re.findall(r"/run/secrets/(\w+)", named)) == set(service.get("secrets", [])), name
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_files_that_compose_and_the_containerfile_name_are_there() -> None:
    lines = (PROJECT / "Containerfile").read_text("utf-8").splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert {"norms", "rules", "audit", "decision_service", "requirements.lock"} <= set(copied)
    scripts = re.findall(r"/sql/(\w+\.sql)", str(COMPOSE["services"]))
    assert {"roles.sql", "rights.sql"} == set(scripts)
    named = [*copied, *(f"examples/postgresql/{script}" for script in scripts)]
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_the_image_ends_as_somebody_without_rights_and_checks_every_hash() -> None:
    text = (PROJECT / "Containerfile").read_text("utf-8")
    assert "--require-hashes" in text
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["lagrum"]


def test_the_lock_file_holds_versions_and_hashes_and_nothing_else() -> None:
    line = re.compile(
        r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[0-9][A-Za-z0-9.+!_-]*( ; [^:/@]+)? \\|"
        r"    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    lines = (PROJECT / "requirements.lock").read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert [each for each in lines if not line.fullmatch(each)] == []


# --- what an e-service builds on

INTEGRATION = (PROJECT / "docs" / "integration.md").read_text("utf-8")


def test_every_event_is_told_of() -> None:
    """One for each state that an application goes over to: it is under examination without going there."""
    told = [f"application.{each}" for each in ApplicationState if each is not ApplicationState.EXAMINED]
    casework = (PROJECT / "decision_service" / "casework").glob("*.py")
    named = re.compile(r'outbox\.(?:tell|notices)\(session, row, "([^"]+)"')
    told += (name for path in casework for name in named.findall(path.read_text("utf-8")))
    assert sorted(re.findall(r"^\| `(application\.\w+)` \|", INTEGRATION, re.MULTILINE)) == sorted(told)


def test_every_fault_of_a_key_is_in_the_table_of_answers_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) (`[a-z`, -]+`) \|", INTEGRATION, re.MULTILINE)
    told = {code: int(status) for status, codes in rows for code in _INLINE.findall(codes)}
    assert told == {code: PROBLEMS[code].status for code in told}
    assert {code for code in PROBLEMS if "idempotency-key" in code} <= told.keys()
