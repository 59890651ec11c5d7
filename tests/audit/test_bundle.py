"""The export: a stranger with an empty folder, the standalone program and one key can check it."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit import EntryKind, bundle, deletion, proof, reading, retention, tables, trail
from audit.errors import BundleError
from audit.keys import SigningKey
from audit.verify import LETTER, canonical, digest, statement
from tests.audit.attacks import append_behind_the_program, resign_everything
from tests.audit.world import FILES, MACHINE, RELEASE, START, WORKER, World, unguard

NOW = START.replace(year=2033)


@pytest.fixture
def decided(world: World) -> World:
    return fill(world)


@pytest.fixture
def decided_in_memory(memory_world: World) -> World:
    return fill(memory_world)


def fill(world: World) -> World:
    """A published release, a decided case with its letter, other cases before, between and after."""
    world.publish()
    world.append(case="c-0", personal={"lön": 1})
    world.decide()
    world.checkpoint()
    world.append(case="c-0")
    world.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": "Hej Alva!"})
    world.append(case="c-0")
    world.checkpoint()
    return world


def export(world: World, **given: Any) -> dict[str, str]:
    """The files of an export."""
    with world.engine.connect() as connection:
        content = bundle.export(connection, world.keys, "1287", "c-1", **given)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def letter(world: World) -> str:
    with world.engine.connect() as connection:
        return proof.letter(connection, "1287", 5)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program alone, in a folder without the project, with Python told to ignore the surroundings."""
    command = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def stranger(world: World, folder: Path, files: dict[str, str], *arguments: str) -> tuple[int, str]:
    """What a stranger sees who puts the export in an empty folder; a key and a letter came by another way."""
    folder.mkdir(exist_ok=True)
    (folder / "verify.py").write_text(files["verify.py"], "utf-8")
    (folder / "paket.json").write_text(files["paket.json"], "utf-8")
    for name in ("spår.txt", "LÄS-MIG.txt"):
        (folder / name).write_text(files[name], "utf-8")
    done = run(folder, "paket.json", "--key", world.public["1287"], *arguments)
    return done.returncode, done.stdout + done.stderr


def test_the_program_is_small_and_stands_alone() -> None:
    source = bundle.VERIFIER.read_text("utf-8")
    assert len(source.splitlines()) < 450
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_stranger_checks_a_case(decided: World, tmp_path: Path) -> None:
    files = export(decided, releases={RELEASE: FILES})
    assert list(files) == ["LÄS-MIG.txt", "spår.txt", "paket.json", "nyckel.txt", "verify.py"]
    assert files["nyckel.txt"] == decided.public["1287"] + "\n"
    assert "PRÖVNING 1: BIFALL" in files["spår.txt"]
    folder = tmp_path / "domstol"
    folder.mkdir()
    (folder / "brev.txt").write_text(letter(decided), "utf-8")
    status, said = stranger(decided, folder, files, "--checkpoint", "brev.txt")
    key = decided.public["1287"].split("+")[1]
    assert (
        said
        == f"""\
OK   Loggen 1287.lagrum.example/audit hade 9 poster. Underskrivet med nyckel {key}.
OK   Paketet är oförändrat sedan det gjordes.
OK   Post 0, 2026-11-20T08:12:00.000000Z, key_changed: finns i loggen, ord för ord.
OK   Post 1, 2026-11-20T08:12:01.000000Z, release_published: finns i loggen, ord för ord.
OK   Regelversion rel-1 är den publicerade.
OK   Post 3, 2026-11-20T08:12:03.000000Z, application_received: finns i loggen, ord för ord.
OK   Post 4, 2026-11-20T08:12:04.000000Z, facts: finns i loggen, ord för ord.
OK   Post 5, 2026-11-20T08:12:05.000000Z, assessment: finns i loggen, ord för ord.
OK   Post 7, 2026-11-20T08:12:07.000000Z, letter: finns i loggen, ord för ord.
OK   Ärendet c-1: post 1 till 4, i ordning och utan lucka.
OK   Loggen har bara vuxit sedan den hade 6 poster.
OK   Brevet gäller post 5 i det här ärendet, assessment.
OBS  Bara beviset är sparat. Spara hela brevet för att pröva vad som står i det.
OK   spår.txt är den text som kommunen förseglade.
OK   LÄS-MIG.txt är den text som kommunen förseglade.
=>   Allt som kontrollerats stämmer.
"""
    )
    assert status == 0


def test_a_stranger_checks_a_letter(decided: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "brev.txt").write_text(letter(decided), "utf-8")
    (tmp_path / "nyckel.txt").write_text(decided.public["1287"] + "\n", "utf-8")
    done = run(tmp_path, "brev.txt", "--key", "nyckel.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK   Post 5 fanns i 1287.lagrum.example/audit när loggen hade 6 poster.")
    done = run(tmp_path, "brev.txt", "--key", decided.public["1384"])
    assert done.returncode == 1
    assert "FEL  Underskriften är 1287.lagrum.example/audit med nyckel" in done.stdout
    both = ["--key", decided.public["1384"], "--key", "nyckel.txt"]
    assert run(tmp_path, "brev.txt", *both).returncode == 0
    done = run(tmp_path, "brev.txt", "--key", "nyckel.txt", "--checkpoint", "brev.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "brev.txt går inte att läsa: ValueError: ett brev kan jämföras med annat först genom ärendets "
        "utdrag: UTDRAGET BREVET\n"
    )


@pytest.mark.parametrize(
    "saved",
    ["\ufeff{}", "\n\n{}", "Beslut\nDu får 12 010 kr.\n\n{}\n\nÖverklaga senast 20 december.\n", "   {}"],
)
def test_a_letter_is_checked_as_it_was_saved(decided: World, tmp_path: Path, saved: str) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "brev.txt").write_text(saved.format(letter(decided)), "utf-8")
    done = run(tmp_path, "brev.txt", "--key", decided.public["1287"])
    assert (done.returncode, done.stderr) == (0, "")


SENT = "Beslut\nDu får 12 010 kr.\n\n{}\n\nÖverklaga senast 20 december.\n"


@pytest.fixture
def sent(decided: World, tmp_path: Path) -> tuple[dict[str, str], str]:
    """The export of a case whose letter is logged with its proof, and the letter."""
    text = SENT.format(letter(decided))
    decided.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": text})
    decided.checkpoint()
    return export(decided, releases={RELEASE: FILES}), text


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        (lambda text: text, 0, "OK   Brevet är ord för ord det som loggades."),
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), 0, "OK   Brevet är ord för ord"),
        (
            lambda text: text.replace("12 010", "22 010"),
            1,
            "FEL  Brevet är inte det som loggades: ”",
        ),
        (lambda text: text.replace("Överklaga senast 20 december.", ""), 1, "FEL  Brevet är inte det som"),
        (lambda text: text + "Du får 500 kr till.", 1, "FEL  Brevet är inte det som loggades"),
        (lambda text: text[text.index("c2sp") : text.index("\n\nÖver")], 0, "OBS  Bara beviset är sparat."),
    ],
)
def test_the_words_of_a_saved_letter_are_held_against_those_that_were_logged(
    decided: World,
    sent: tuple[dict[str, str], str],
    tmp_path: Path,
    change: Callable[[str], str],
    status: int,
    told: str,
) -> None:
    files, text = sent
    (tmp_path / "brev.txt").write_text(change(text), "utf-8")
    for way in (["brev.txt"], ["--checkpoint", "brev.txt"]):
        found, said = stranger(decided, tmp_path, files, *way)
        assert (found, told in said) == (status, True), said


def test_every_figure_of_a_letter_counts(
    decided: World, sent: tuple[dict[str, str], str], tmp_path: Path
) -> None:
    """Whatever digit is another, the letter is no longer the one that was sent."""
    files, text = sent
    before, _, after = text.partition(LETTER)
    figures = [at for at, sign in enumerate(before) if sign.isdigit()]
    assert len(figures) == 5
    for at in figures:
        changed = before[:at] + str(9 - int(before[at])) + before[at + 1 :] + LETTER + after
        (tmp_path / "brev.txt").write_text(changed, "utf-8")
        assert stranger(decided, tmp_path, files, "brev.txt")[0] == 1


def test_several_letters_are_checked_at_once(decided: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(SENT.format(letter(decided)), "utf-8")
    done = run(tmp_path, "a.txt", "b.txt", "--key", decided.public["1287"])
    assert (done.returncode, done.stdout.count("OK   Post 5 fanns i")) == (0, 2)


def test_a_letter_whose_words_are_withheld_cannot_be_compared(
    decided: World, sent: tuple[dict[str, str], str], tmp_path: Path
) -> None:
    (tmp_path / "brev.txt").write_text(sent[1], "utf-8")
    found, said = stranger(decided, tmp_path, export(decided, withhold={"text"}), "brev.txt")
    assert (found, "OBS  Brevets ord är gallrade, utelämnade" in said) == (0, True), said


def zipped(world: World, **changed: str) -> bytes:
    """An export as a zip, with files changed, added, or left out where the new text is empty."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {**export(world, releases={RELEASE: FILES}), **changed}.items():
            if text:
                archive.writestr(name, text)
    return content.getvalue()


def check_zip(world: World, folder: Path, content: bytes, *arguments: str) -> tuple[int, str]:
    """What a stranger sees who was handed a zip."""
    (folder / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (folder / "utdrag.zip").write_bytes(content)
    done = run(folder, "utdrag.zip", "--key", world.public["1287"], *arguments)
    return done.returncode, done.stdout + done.stderr


def test_the_zip_is_checked_as_a_whole(decided: World, tmp_path: Path) -> None:
    assert check_zip(decided, tmp_path, zipped(decided))[0] == 0
    trail = export(decided)["spår.txt"]
    for changed, told in [
        ({"spår.txt": trail.replace("BIFALL", "AVSLAG")}, "FEL  spår.txt är ändrad"),
        ({"LÄS-MIG.txt": "Kör program.exe, eller ring 0900-123."}, "FEL  LÄS-MIG.txt är ändrad"),
        ({"LÄS-MIG.txt": ""}, "FEL  Utdraget har andra filer än det ska ha"),
        ({"spår.txt": ""}, "FEL  Utdraget har andra filer än det ska ha"),
        ({"extra.txt": "läs mig i stället"}, "FEL  Utdraget har andra filer än det ska ha"),
    ]:
        status, said = check_zip(decided, tmp_path, zipped(decided, **changed))
        assert (status, told in said) == (1, True), said
    status, said = check_zip(decided, tmp_path, zipped(decided, **{"nyckel.txt": decided.public["1384"]}))
    assert (status, "OBS  Nyckeln i utdraget är en annan" in said) == (0, True)


def test_a_zip_with_a_file_twice_is_refused(decided: World, tmp_path: Path) -> None:
    content = io.BytesIO(zipped(decided))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("spår.txt", "något annat")
    status, said = check_zip(decided, tmp_path, content.getvalue())
    assert (status, "FEL  Utdraget har andra filer" in said) == (1, True)


@pytest.mark.parametrize("name", ["spår.txt", "LÄS-MIG.txt"])
def test_what_is_read_beside_the_package_is_checked(decided: World, tmp_path: Path, name: str) -> None:
    files = export(decided, releases={RELEASE: FILES})
    files[name] = files[name].replace("spår", "spar").replace("BIFALL", "AVSLAG")
    status, said = stranger(decided, tmp_path / "a", files)
    assert (status, f"FEL  {name} är ändrad" in said) == (1, True)


def test_a_package_that_did_not_seal_what_to_read_first_says_so(decided: World, tmp_path: Path) -> None:
    """As an earlier version made them: all else in it is proven."""
    files = export(decided, releases={RELEASE: FILES})
    package = json.loads(files["paket.json"])["bundle"]
    del package["read_me"]
    key = decided.keys.signing_key("1287", decided.public["1287"].split("+")[1])
    seal = key.sign(statement(key.name, "bundle", digest(canonical(package))))
    files["paket.json"] = canonical({"bundle": package, "seal": seal})
    status, said = stranger(decided, tmp_path / "a", files)
    assert (status, "OBS  LÄS-MIG.txt är inte prövad" in said) == (0, True), said


def test_a_letter_whose_entry_is_not_in_the_package_is_told(decided: World, tmp_path: Path) -> None:
    """The letter of another case, and a letter with a path that leads nowhere."""
    with decided.engine.connect() as connection:
        other = proof.letter(connection, "1287", 2)
    files = export(decided, releases={RELEASE: FILES}, earlier=[other])
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "brev.txt").write_text(other, "utf-8")
    status, said = stranger(decided, folder, files, "--checkpoint", "brev.txt")
    assert (status, "FEL  Brevet gäller post 2, som inte är en av ärendets poster" in said) == (1, True)
    lines = letter(decided).split("\n")
    lines[3] = lines[4]
    (folder / "brev.txt").write_text("\n".join(lines), "utf-8")
    status, said = stranger(decided, folder, files, "--checkpoint", "brev.txt")
    assert (status, "FEL  Brevets bevis för post 5" in said) == (1, True)


def test_what_others_write_cannot_paint_the_screen(decided: World, tmp_path: Path) -> None:
    """Escape sequences in a forged package, and in what an applicant calls herself."""
    forged = json.loads(export(decided)["paket.json"])
    leaf = json.loads(forged["bundle"]["entries"][0]["leaf"])
    leaf["time"] = "\u001b[2J\u001b[H=>   Allt som kontrollerats stämmer.\u009b\u2028"
    forged["bundle"]["entries"][0]["leaf"] = canonical(leaf)
    status, said = stranger(decided, tmp_path / "a", export(decided) | {"paket.json": canonical(forged)})
    assert status == 1
    assert not any(each in said for each in "\u001b\u009b\u2028")
    decided.append(case="c-2", personal={"first_name": "A\u001b[2Jlma"})
    with decided.engine.connect() as connection:
        text = reading.render(trail.read_case(connection, decided.keys, "1287", "c-2"))
    assert "A\\u001b[2Jlma" in text
    assert "\u001b" not in text


def test_an_unknown_field_to_withhold_gives_nothing_away(decided: World) -> None:
    with pytest.raises(BundleError, match=r"ingen uppgift som heter inputz\. Ingenting är lämnat ut"):
        export(decided, withhold={"inputz"})


def test_no_other_case_is_in_the_export(decided: World) -> None:
    assert "c-0" not in export(decided)["paket.json"]


def test_with_a_key_from_before_and_after_a_change(decided: World, tmp_path: Path) -> None:
    with decided.engine.begin() as connection:
        new = decided.log.change_signing_key(connection, "1287", decided.now, WORKER)
    decided.append(kind=EntryKind.ACCESS)
    decided.checkpoint()
    files = export(decided)
    (tmp_path / "brev.txt").write_text(letter(decided), "utf-8")
    assert stranger(decided, tmp_path, files, "--checkpoint", "brev.txt")[0] == 0
    assert run(tmp_path, "paket.json", "--key", new, "--checkpoint", "brev.txt").returncode == 0
    assert run(tmp_path, "paket.json", "--key", decided.public["1384"]).returncode == 1


def test_an_export_made_after_a_key_change_that_no_checkpoint_covers_yet(
    decided: World, tmp_path: Path
) -> None:
    with decided.engine.begin() as connection:
        decided.log.change_signing_key(connection, "1287", decided.now, WORKER)
    assert stranger(decided, tmp_path, export(decided))[0] == 0


def test_a_clock_that_went_back_is_in_the_export(decided: World, tmp_path: Path) -> None:
    decided.append(case="c-0", time=START.replace(year=2099))
    decided.append(kind=EntryKind.ACCESS, time=START + timedelta(hours=1))
    decided.checkpoint()
    files = export(decided)
    assert "clock_anomaly" in files["paket.json"]
    assert stranger(decided, tmp_path, files)[0] == 0


def test_withheld_and_deleted_fields_are_counted(decided: World, tmp_path: Path) -> None:
    files = export(decided, withhold=["salary", "assessment.calculation", "inputs"])
    assert "1000.50" not in files["spår.txt"]
    assert json.loads(files["paket.json"])["bundle"]["entries"][2]["opened"].keys() == {"first_name"}
    status, said = stranger(decided, tmp_path, files)
    assert status == 0
    assert "OBS  3 personuppgifter är gallrade eller utelämnade och kan inte kontrolleras.\n" in said
    with decided.engine.begin() as connection:
        deletion.delete_case(decided.log, connection, "1287", "c-1", retention.load(), {9}, NOW, MACHINE)
    decided.checkpoint()
    files = export(decided)
    assert "Alva" not in files["paket.json"]
    status, said = stranger(decided, tmp_path, files)
    assert status == 0
    assert "OBS  18 personuppgifter är gallrade eller utelämnade och kan inte kontrolleras.\n" in said
    assert (
        "OBS  Sista posten är från 2033-11-20T08:12:00.000000Z, senare än den här datorns klocka.\n" in said
    )


def test_a_release_that_does_not_come_along_is_said(decided: World, tmp_path: Path) -> None:
    assert (
        "OBS  Regelversion rel-1 följer inte med i paketet.\n"
        in stranger(decided, tmp_path, export(decided))[1]
    )


def test_a_checkpoint_that_the_export_was_not_made_for(decided: World, tmp_path: Path) -> None:
    decided.append(case="c-0")
    other = decided.checkpoint()
    decided.append(kind=EntryKind.ACCESS)
    decided.checkpoint()
    (tmp_path / "annan.txt").write_text(other, "utf-8")
    status, said = stranger(decided, tmp_path, export(decided), "--checkpoint", "annan.txt")
    assert status == 1
    assert "FEL  Paketet saknar bevis från 10 poster. Begär ett gjort med checkpointen.\n" in said
    assert stranger(decided, tmp_path, export(decided, earlier=[other]), "--checkpoint", "annan.txt")[0] == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"case": "c-9"}, "Ärende c-9 finns inte i loggen för kommun 1287."),
        (
            {"releases": {"rel-2": FILES}},
            "Regelversion rel-2 har inte publicerats i loggen med just de här filerna.",
        ),
        (
            {"releases": {RELEASE: {**FILES, "rules/norm.yaml": "annat"}}},
            "Regelversion rel-1 har inte publicerats i loggen med just de här filerna.",
        ),
    ],
)
def test_what_cannot_be_exported(decided_in_memory: World, given: dict[str, Any], message: str) -> None:
    asked = {"case": "c-1", **given}
    with decided_in_memory.engine.connect() as connection, pytest.raises(BundleError) as error:
        bundle.export(connection, decided_in_memory.keys, "1287", **asked)
    assert str(error.value) == message


def test_an_export_needs_a_checkpoint_that_covers_it(decided: World) -> None:
    decided.append()
    with pytest.raises(BundleError) as error:
        export(decided)
    assert str(error.value) == (
        "Ingen checkpoint täcker ärendets sista post (9). Skapa en med Log.checkpoint först."
    )


def test_a_checkpoint_from_the_future_is_not_exported_for(decided: World) -> None:
    key = decided.keys.signing_key("1287", decided.public["1287"].split("+")[1])
    future = key.sign(f"{key.name}\n99\n{'A' * 43}=\n")
    with pytest.raises(BundleError) as error:
        export(decided, earlier=[future])
    assert str(error.value) == (
        "Loggen har 9 poster i sin senaste checkpoint, men en som angavs har 99. Loggen är avkortad, "
        "eller så är det en annan logg. Kör lagrum audit verify."
    )


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


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_bundle_even_with_the_key(decided_in_memory: World, tmp_path: Path, name: str) -> None:
    change, fault = FORGERIES[name]
    files = export(decided_in_memory, releases={RELEASE: FILES})
    key = decided_in_memory.keys.signing_key("1287", decided_in_memory.public["1287"].split("+")[1])
    files["paket.json"] = resealed(change)(json.loads(files["paket.json"]), key)
    status, said = stranger(decided_in_memory, tmp_path, files)
    assert status == 1
    assert any(line.startswith("FEL") and fault in line for line in said.splitlines()), said


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "paket.json går inte att läsa: JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"),
        (b'{"bundle":{', "paket.json går inte att läsa: JSONDecodeError: "),
        (b"\xff\xfe", "paket.json går inte att läsa: UnicodeDecodeError: "),
        (b"[]", "paket.json går inte att läsa: TypeError: "),
        (b"{}", "paket.json går inte att läsa: KeyError: 'bundle'\n"),
        (
            b'{"bundle":{"case":"c-1","format":"lagrum-audit-bundle/2"}}',
            "paket.json går inte att läsa: ValueError: formatet är lagrum-audit-bundle/2, men det här "
            "programmet läser lagrum-audit-bundle/1\n",
        ),
        (b"[" * 100_000, "paket.json går inte att läsa: RecursionError: "),
    ],
)
def test_a_broken_bundle(memory_world: World, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    (tmp_path / "paket.json").write_bytes(content)
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(message)


def test_files_and_keys_that_are_not_there(memory_world: World, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_text(bundle.VERIFIER.read_text("utf-8"), "utf-8")
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("paket.json går inte att läsa: FileNotFoundError: ")
    done = run(tmp_path, "paket.json", "--key", "nyckel.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nyckel.txt går inte att läsa: ValueError: ")
    assert run(tmp_path).returncode == 2
    (tmp_path / "kopia.txt").write_text("hej\n", "utf-8")
    done = run(tmp_path, "paket.json", "--key", memory_world.public["1287"], "--checkpoint", "kopia.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kopia.txt går inte att läsa: ValueError: ")


def test_the_export_is_the_same_every_time(decided: World) -> None:
    with decided.engine.connect() as connection:
        one = bundle.export(connection, decided.keys, "1287", "c-1")
        two = bundle.export(connection, decided.keys, "1287", "c-1")
    assert one == two
