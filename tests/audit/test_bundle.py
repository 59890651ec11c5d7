"""The export: a stranger with an empty folder, the standalone program and one key can check it."""

from __future__ import annotations

import ast
import io
import json
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit import EntryKind, bundle, deletion, reading, retention, trail
from audit.errors import BundleError
from audit.verify import canonical, digest, statement
from tests.audit.packages import NOW, export, letter, run, stranger
from tests.audit.world import FILES, MACHINE, RELEASE, START, WORKER, World


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


@pytest.mark.slow
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
    assert "OBS  Sista posten är från 2033-11-20T08:12:00.000000Z, senare än datorns klocka.\n" in said


def test_a_release_that_does_not_come_along_is_said(decided: World, tmp_path: Path) -> None:
    assert (
        "OBS  Regelversion rel-1 följer inte med i paketet.\n"
        in stranger(decided, tmp_path, export(decided))[1]
    )


@pytest.mark.slow
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


def test_the_export_is_the_same_every_time(decided: World) -> None:
    with decided.engine.connect() as connection:
        one = bundle.export(connection, decided.keys, "1287", "c-1")
        two = bundle.export(connection, decided.keys, "1287", "c-1")
    assert one == two
