"""Exports that somebody has forged, with the key or without it, or that are broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import bundle, tables, trail
from audit.keys import SigningKey
from audit.verify import canonical, digest, statement
from tests.audit.attacks import append_behind_the_program, resign_everything
from tests.audit.packages import export, fill, letter, run, stranger
from tests.audit.world import FILES, RELEASE, World, unguard


def resealed(change: Callable[[Any], object]) -> Callable[[dict[str, Any], SigningKey], str]:
    """A forger who has the signing key and seals the changed bundle anew."""

    def forge(outer: dict[str, Any], key: SigningKey) -> str:
        change(outer["bundle"])
        outer["seal"] = key.sign(statement(key.name, "bundle", digest(canonical(outer["bundle"]))))
        return str(canonical(outer))

    return forge


def other_leaf(entries: list[Any], kind: str, old: str, new: str) -> None:
    item = next(item for item in entries if f'"type":"{kind}"' in item["leaf"])
    assert old in item["leaf"]
    item["leaf"] = item["leaf"].replace(old, new)


def drop(entries: list[Any], kind: str) -> None:
    entries.remove(next(item for item in entries if f'"type":"{kind}"' in item["leaf"]))


def item_of(entries: list[Any], kind: str) -> Any:
    return next(item for item in entries if f'"type":"{kind}"' in item["leaf"])


FORGERIES = {
    "utfallet i prövningen": (
        lambda b: other_leaf(b["entries"], "assessment", "BIFALL", "AVSLAG"),
        "assessment: finns inte så i loggen.",
    ),
    "en uppgift": (
        lambda b: item_of(b["entries"], "facts")["opened"]["salary"].__setitem__(1, "2000.00"),
        "facts: uppgiften salary är inte den som loggades.",
    ),
    "en uppgift till": (
        lambda b: item_of(b["entries"], "facts")["opened"].update(bonus=["A" * 43 + "=", "1"]),
        "facts: uppgiften bonus är inte den som loggades.",
    ),
    "en post borttagen": (
        lambda b: drop(b["entries"], "facts"),
        "assessment: fel ärende, en lucka före posten eller en klocka som gått bakåt.",
    ),
    "ett annat ärende": (
        lambda b: b.update(case="c-2"),
        "application_received: fel ärende, en lucka före posten eller en klocka som gått bakåt.",
    ),
    "en annan plats": (
        lambda b: item_of(b["entries"], "letter").update(seq=8),
        "letter: finns inte så i loggen.",
    ),
    "en regelfil": (
        lambda b: item_of(b["entries"], "release_published")["files"].update({"rules/norm.yaml": "x"}),
        "Regelversion rel-1 är en annan än den publicerade.",
    ),
    "inga poster": (
        lambda b: b.update(entries=[item for item in b["entries"] if '"case":' not in item["leaf"]]),
        "Inga poster.",
    ),
    "utan nycklarnas historia": (lambda b: drop(b["entries"], "key_changed"), "Nyckeln "),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_bundle_even_with_the_key(decided_in_memory: World, tmp_path: Path, name: str) -> None:
    change, fault = FORGERIES[name]
    files = export(decided_in_memory, releases={RELEASE: FILES})
    key = decided_in_memory.keys.signing_key("1287", decided_in_memory.public["1287"].split("+")[1])
    files["paket.json"] = resealed(change)(json.loads(files["paket.json"]), key)
    status, said = stranger(decided_in_memory, tmp_path, files)
    assert status == 1
    assert any(line.startswith("FEL") and fault in line for line in said.splitlines()), said


@pytest.mark.slow
def test_a_fork_shown_to_two_readers(memory_world: World, tmp_path: Path) -> None:
    """The applicant's letter is from one history, the export from another; both are signed by the log."""
    fill(memory_world)
    (tmp_path / "brev.txt").write_text(letter(memory_world), "utf-8")
    (tmp_path / "checkpoint.txt").write_text(memory_world.checkpoint(), "utf-8")
    with memory_world.engine.begin() as connection:
        unguard(connection)
        resign_everything(memory_world, connection)
    files = export(memory_world)
    assert stranger(memory_world, tmp_path, files)[0] == 0
    for copy, size in (("brev.txt", 6), ("checkpoint.txt", 9)):
        status, said = stranger(memory_world, tmp_path, files, "--checkpoint", copy)
        assert status == 1
        assert f"FEL  Loggen är en annan än den som visades när den hade {size} poster.\n" in said


def test_a_letter_that_is_of_another_entry_than_it_says(memory_world: World, tmp_path: Path) -> None:
    fill(memory_world)
    (tmp_path / "brev.txt").write_text(letter(memory_world).replace("index 5", "index 4"), "utf-8")
    status, said = stranger(memory_world, tmp_path, export(memory_world), "--checkpoint", "brev.txt")
    assert status == 1
    assert "FEL  Brevets bevis för post 4 leder inte till den underskrivna roten.\n" in said


def test_a_checkpoint_of_another_log_with_the_same_key(memory_world: World, tmp_path: Path) -> None:
    fill(memory_world)
    files = export(memory_world)
    key = memory_world.keys.signing_key("1287", memory_world.public["1287"].split("+")[1])
    outer = json.loads(files["paket.json"])
    text = outer["bundle"]["checkpoint"].split("\n\n")[0].replace("lagrum.example", "annan.example")
    outer["bundle"]["checkpoint"] = key.sign(f"{text}\n")
    files["paket.json"] = resealed(lambda bundle: None)(outer, key)
    status, said = stranger(memory_world, tmp_path, files)
    assert status == 1
    assert "FEL  Checkpointen gäller en annan logg, 1287.annan.example/audit.\n" in said


def test_an_operator_who_back_dates_an_entry_and_signs(memory_world: World, tmp_path: Path) -> None:
    """Logged past the program, signed with the right key, proven: the order of the times tells."""
    fill(memory_world)
    with memory_world.engine.begin() as connection:
        *_, last = trail.read_leaves(connection, "1287", "c-1")
        leaf = {**last.entry, "number": 5, "time": "2026-11-20T08:12:06.000000Z"}
        append_behind_the_program(connection, leaf, memory_world.keys)
        connection.execute(tables.case.update().where(tables.case.c.case_id == "c-1").values(entries=5))
    memory_world.checkpoint()
    status, said = stranger(memory_world, tmp_path, export(memory_world))
    assert status == 1
    assert [line for line in said.splitlines() if line.startswith("FEL")] == [
        "FEL  Post 9, 2026-11-20T08:12:06.000000Z, letter: fel ärende, en lucka före posten eller en klocka "
        "som gått bakåt."
    ]


def test_a_forged_bundle_without_the_key(decided_in_memory: World, tmp_path: Path) -> None:
    """The readable text is bound to nothing but the seal; and the seal of another key is no seal."""
    files = export(decided_in_memory)
    outer = json.loads(files["paket.json"])
    outer["bundle"]["readable"] = "Allt är i sin ordning."
    files["paket.json"] = canonical(outer)
    status, said = stranger(decided_in_memory, tmp_path, files)
    assert status == 1
    assert "FEL  Paketet är ändrat sedan det gjordes.\n" in said
    other = decided_in_memory.keys.new_signing_key("1384", "1287.lagrum.example/audit")
    files["paket.json"] = resealed(lambda b: None)(outer, other)
    status, said = stranger(decided_in_memory, tmp_path, files)
    assert status == 1
    assert "saknas eller är falsk." in said


EXPECTED = "Väntade utdraget som zip, dess paket.json eller ett brev, som det sparades."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "det är ingen JSON från rad 1, tecken 1"),
        (b'{"bundle":{', "det är ingen JSON från rad 1, tecken 12"),
        (b"\xff\xfe", "det är ingen text i UTF-8 från byte 0"),
        (b"[]", "det har en annan form"),
        (b"{}", "fältet 'bundle' saknas"),
        (
            b'{"bundle":{"case":"c-1","format":"lagrum-audit-bundle/2"}}',
            "formatet är lagrum-audit-bundle/2, men det här programmet läser lagrum-audit-bundle/1",
        ),
        (b"[" * 100_000, "det har en annan form"),
    ],
)
def test_a_broken_bundle(memory_world: World, tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "paket.json").write_bytes(content)
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"paket.json går inte att läsa: {why}. {EXPECTED}\n"


@pytest.mark.slow
def test_files_and_keys_that_are_not_there(memory_world: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "paket.json går inte att läsa: filen finns inte, eller är en mapp, eller en fil som du inte får "
        f"läsa. {EXPECTED}\n"
    )
    done = run(tmp_path, "paket.json", "--key", "nyckel.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "nyckel.txt går inte att läsa: det har en annan form. Väntade kommunens publika nyckel, eller en "
        "fil med den.\n"
    )
    assert run(tmp_path).returncode == 2
    (tmp_path / "kopia.txt").write_text("hej\n", "utf-8")
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"], "--checkpoint", "kopia.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "kopia.txt går inte att läsa: det har en annan form. Väntade en checkpoint eller ett brev, som det "
        "sparades.\n"
    )
