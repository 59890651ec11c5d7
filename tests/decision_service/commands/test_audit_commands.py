"""The audit on the command line, as a newcomer meets it: decide, log, check, tamper, export, decide again."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from audit import FileKeyStore
from audit.replay import first_difference
from audit.tables import SCHEMA_VERSION
from audit.verify import canonical
from decision_service.cli import main
from decision_service.commands.audit import as_logged_then
from decision_service.log import journal
from decision_service.log.database import open_for_writing
from decision_service.log.releases import book_from
from tests.world.cases import decided, raw
from tests.world.command_line import CASES, GRANTED, Municipality, begun
from tests.world.database import unbound

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def there(database_url: URL, tmp_path: Path) -> Municipality:
    """On SQLite by a plain path, on PostgreSQL by its URL as people write it."""
    database = str(database_url.database)
    if database_url.get_backend_name() == "postgresql":
        database = database_url.set(drivername="postgresql").render_as_string(hide_password=False)
    return begun(tmp_path, database)


def tamper(database: str, statement: str) -> None:
    """As an operator with every right in the database, its guards switched off."""
    if "://" in database:
        engine = create_engine(database.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            unbound(connection)
            connection.execute(text(statement))
        engine.dispose()
        return
    with closing(sqlite3.connect(database)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def test_the_whole_story(there: Municipality, tmp_path: Path) -> None:
    """Two cases are decided and logged; whoever changes one is caught; a stranger checks the other."""
    clean = there.verify("--vault", there.keys, "--outside", str(there.letter))
    assert clean.code == 0, clean.out
    assert "OK   Kommun 9999: 10 poster i obruten följd, var och en oförändrad.\n" in clean.out
    assert "OK   Kommun 9999: kopior hos andra, i takt med posterna: 1.\n" in clean.out
    assert clean.out.endswith("=>   Allt som kontrollerats stämmer.\n")

    listed = there.of_case("show")
    assert listed.out.startswith(f"{there.case}  4 poster, senast ")
    assert len(listed.out.splitlines()) == 2
    shown = there.of_case("show", there.case)
    assert ": bifall\nPrövat " in shown.out
    assert "  Hyra: 6 200 kr.\n" in shown.out.replace("\u00a0", " ")

    package = zipfile.ZipFile(there.export("--earlier", str(there.letter)))
    package.extractall(tmp_path / "utdrag")
    assert (tmp_path / "utdrag" / "spår.txt").read_text("utf-8") == shown.out
    checked = subprocess.run(
        [
            sys.executable,
            "-I",
            "verify.py",
            "paket.json",
            "--key",
            there.public,
            "--checkpoint",
            there.letter,
        ],
        cwd=tmp_path / "utdrag",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "OK   Loggen har bara vuxit sedan den hade 6 poster.\n" in checked.stdout

    again = there.of_case("replay", "--all")
    assert (again.code, again.out.splitlines()[-1]) == (
        0,
        "=>   Omkörda: 2. Lika: 2. Olika: 0. Gick inte: 0.",
    )
    assert there.run("audit", "replay", str(tmp_path / "utdrag.zip")).code == 0

    tamper(there.database, "UPDATE audit_entry SET case_id = 'annat' WHERE seq = 4")
    caught = there.verify()
    assert caught.code == 1
    assert (
        "FEL  Kommun 9999: post 4: kommun, slag eller ärende är ett annat i tabellen än i posten.\n"
        in caught.out
    )
    answer = json.loads(there.verify("--json").out)
    assert answer["ok"] is False
    assert {
        "state": "FEL",
        "text": "Kommun 9999: post 4: kommun, slag eller ärende är ett annat i tabellen än i posten.",
    } in answer["checks"]


@pytest.mark.slow
def test_the_release_is_logged_once_and_the_letter_holds_by_itself(here: Municipality) -> None:
    verifier = [sys.executable, "-I", str(PROJECT / "audit" / "verify.py")]
    done = subprocess.run(
        [*verifier, here.letter, "--key", here.public], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("OK   Post 5 fanns i 9999.lokal/audit när loggen hade 6 poster.")
    with closing(sqlite3.connect(here.database)) as connection:
        query = "SELECT count(*) FROM audit_entry WHERE type = 'release_published'"
        assert connection.execute(query).fetchone() == (1,)


def test_the_decision_as_json_stays_json(here: Municipality) -> None:
    done = here.run("decide", str(GRANTED), "--json", "--log", here.database, "--keys", here.keys)
    assert json.loads(done.out)["outcome"] == "BIFALL"
    assert "c2sp.org/tlog-proof@v1\n" in done.err


def test_two_municipalities_share_a_database(here: Municipality) -> None:
    here.decide(CASES / "kungsbacka-huvudprocess.json")
    unsaid = here.of_case("show", here.case)
    assert (unsaid.code, unsaid.err) == (
        2,
        "--tenant: Ange vilken kommuns logg. Loggar i databasen: 1384, 9999.\n",
    )
    assert here.of_case("show", here.case, "--tenant", "9999").code == 0
    assert here.verify().code == 0


def test_withheld_is_closed_in_what_is_handed_out(here: Municipality) -> None:
    content = here.export("--withhold", "inputs", "answers").read_bytes()
    packed = zipfile.ZipFile(io.BytesIO(content)).read("paket.json").decode()
    assert "Utelämnade uppgifter: inputs.\n" in here.of_case("show", here.case, "--withhold", "inputs").out
    items = json.loads(packed)["bundle"]["entries"]
    assert {"inputs", "answers"}.isdisjoint(name for item in items for name in item["opened"])
    closed = here.run("audit", "replay", str(here.folder / "utdrag.zip"))
    assert closed.code == 0
    assert "kan inte köras om utan inputs, som är gallrat eller utelämnat." in closed.out
    assert closed.out.endswith("=>   Omkörda: 0. Lika: 0. Olika: 0. Gick inte: 1.\n")


def change_package(package: Path, change: Any) -> Path:
    bundle = json.loads(zipfile.ZipFile(package).read("paket.json"))
    change(bundle["bundle"])
    target = package.with_name("paket.json")
    target.write_text(canonical(bundle), "utf-8")
    return target


def test_the_first_difference_is_named(here: Municipality) -> None:
    """The logged result is another than the rules give; or the rules are others than those it names."""

    def another_amount(bundle: dict[str, Any]) -> None:
        opened = [each["opened"] for each in bundle["entries"]]
        (calculation,) = [
            each["assessment.calculation"] for each in opened if "assessment.calculation" in each
        ]
        calculation[1]["granted"] += 100

    def another_rule(bundle: dict[str, Any]) -> None:
        (files,) = [item["files"] for item in bundle["entries"] if "files" in item]
        files["rules/lagar.yaml"] += "# ändrad\n"

    package = here.export()
    amount = here.run("audit", "replay", str(change_package(package, another_amount)))
    assert amount.code == 1
    assert ": calculation.granted: loggen har 1201100, ny körning ger 1201000\n" in amount.out
    rule = here.run("audit", "replay", str(change_package(package, another_rule)))
    assert rule.code == 1
    assert "FEL  " in rule.out
    assert "Någon fil är ändrad, tillagd eller borta." in rule.out


def test_what_an_earlier_document_had_no_member_for_is_no_difference() -> None:
    """All else is: a member that every document has had, another value, another question."""
    found = decided(raw("barn-stammer-inte"))
    now = found.model_dump(mode="json")

    def is_same(change: Callable[[Any], object]) -> bool:
        logged = {name: copy.deepcopy(part) for name, part in now.items() if name != "receipt"}
        change(logged["reasons"])
        logged["receipt"] = hashlib.sha256(canonical(logged).encode()).hexdigest()
        return first_difference(logged, as_logged_then(logged, found)) is None

    for name, each in type(found.reasons[0]).model_fields.items():
        assert is_same(lambda reasons, name=name: reasons[0].pop(name)) is not each.is_required(), name
    assert not is_same(lambda reasons: reasons[0].update(named=not reasons[0]["named"]))
    assert not is_same(lambda reasons: reasons.append(reasons[0]))
    assert not is_same(lambda reasons: reasons.clear())


def test_a_release_that_names_what_the_program_no_longer_has_is_told_and_is_no_difference(
    here: Municipality,
) -> None:
    def of_another_program(bundle: dict[str, Any]) -> None:
        (item,) = [item for item in bundle["entries"] if "files" in item]
        words = item["files"]["rules/vocabulary.yaml"]
        item["files"]["rules/vocabulary.yaml"] = words.replace("något_ifyllt", "något_annat")
        named = json.loads(item["leaf"])["body"]["release"], book_from(item["files"]).release
        for each in bundle["entries"]:
            each["leaf"] = each["leaf"].replace(*named)

    again = here.run("audit", "replay", str(change_package(here.export(), of_another_program)))
    assert again.code == 0, again.out
    assert "Programmet har ingen beräkning ”något_annat”." in again.out
    assert "Kör om med det program som prövade." in again.out
    assert "=>   Omkörda: 0. Lika: 0. Olika: 0. Gick inte: 1." in again.out


@pytest.mark.slow
def test_changed_release_files_in_the_database_are_noticed(there: Municipality) -> None:
    tamper(there.database, "UPDATE release_file SET content = content || ' ' WHERE name = 'rules/lagar.yaml'")
    again = there.of_case("replay", "--all")
    assert again.code == 1
    assert again.out.count("Någon fil är ändrad, tillagd eller borta.") == 2
    assert "FEL  Kommun 9999: filen rules/lagar.yaml i regelversion " in there.verify().out
    exported = there.of_case("export", there.case, "-o", str(there.folder / "x.zip"))
    assert exported.code == 2
    assert "har inte publicerats i loggen med just de här filerna." in exported.err


def test_an_export_without_the_release_says_so(here: Municipality) -> None:
    tamper(here.database, "DELETE FROM release_file")
    done = here.of_case("export", here.case, "-o", str(here.folder / "x.zip"))
    assert done.code == 0
    assert re.search(r"OBS  Filerna till regelversion [0-9a-f]{64} finns inte i databasen", done.out)
    assert here.of_case("replay", here.case).code == 1
    assert "Regel: " not in here.of_case("show", here.case).out


def test_a_database_that_is_broken_on_disk(here: Municipality) -> None:
    with closing(sqlite3.connect(here.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'audit_entry'"
        (page,) = connection.execute(query).fetchone()
    content = bytearray(Path(here.database).read_bytes())
    content[4096 * (page - 1) : 4096 * page] = bytes(4096)
    Path(here.database).write_bytes(content)
    done = here.verify()
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("FEL  Databasen är skadad och går inte att läsa till slut: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", 2),
        ("hej", 2),
        ("\0\0", 2),
        ("[]", 2),
        ("a\n5\nb\n", 2),
        ("{letter}", 0),
        ("\ufeff{letter}", 0),
        ("\n  {letter}", 0),
        ("Hej!\n\n{letter}", 0),  # as it was saved, words and all
    ],
)
def test_what_others_have_kept_is_read_however_it_was_saved(
    here: Municipality, tmp_path: Path, content: str, code: int
) -> None:
    """And what is none is told, with its name."""
    kept = tmp_path / "sparat.txt"
    kept.write_text(content.replace("{letter}", Path(here.letter).read_text("utf-8")), "utf-8")
    done = here.verify("--outside", str(kept))
    assert done.code == code, done.err
    assert (code == 0) == ("kopior hos andra, i takt med posterna: 1." in done.out)
    assert code == 0 or done.err.startswith(
        f"--outside: {kept} är varken en checkpoint eller ett brev med sitt bevis."
    )


def test_wrong_input_is_told_in_swedish_and_nothing_is_made(here: Municipality, tmp_path: Path) -> None:
    text_file, other = tmp_path / "text.db", tmp_path / "annan.db"
    text_file.write_text("Det här är ingen databas, bara text som är lång nog för ett huvud." * 20, "utf-8")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    newer = tmp_path / "nyare.db"
    shutil.copy(here.database, newer)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE audit_schema SET version = 99")
        connection.commit()
    unversioned = tmp_path / "utan.db"
    shutil.copy(here.database, unversioned)
    with closing(sqlite3.connect(unversioned)) as connection:
        connection.execute("DELETE FROM audit_schema")
        connection.commit()
    package = here.export()
    half = tmp_path / "halv.zip"
    half.write_bytes(package.read_bytes()[:2000])
    before = other.read_bytes()
    missing = str(tmp_path / "finns-inte.db")
    keys = ["--keys", here.keys]
    case = [here.case, "--database", here.database]
    for arguments, message in (
        (["verify", missing], f"Databasen {missing} finns inte. Kontrollera sökvägen."),
        (["verify", str(text_file)], f"Filen {text_file} är ingen SQLite-databas"),
        (["verify", str(other)], f"Databasen {other} har ingen granskningslogg. Är det rätt databas?"),
        (
            ["verify", str(newer)],
            f"Databasens granskningslogg har version 99; det här programmet kan version {SCHEMA_VERSION}.",
        ),
        (["verify", str(unversioned)], "Databasens granskningslogg saknar versionsnummer. Den är skadad."),
        (["verify", "mysql://x/y"], "Databasens adress går inte att läsa. Väntade en fil, sqlite:///FIL"),
        (
            ["verify", "postgresql://localhost:1/x"],
            "Databasen postgresql+psycopg://localhost:1/x går inte att",
        ),
        (["verify", here.database, "--key", "a+b"], "--key: a+b är ingen publik nyckel. Väntade en rad som"),
        (["verify", here.database, "--key", "/nej"], "Filen /nej går inte att läsa."),
        (
            ["verify", here.database, *["--key", here.public] * 2],
            "--key: Ange en publik nyckel för varje kommun",
        ),
        (["verify", here.database, "--outside", str(tmp_path / "nycklar")], "--outside: Mappen"),
        (["verify", here.database, "--vault", "/nej"], "Nyckelmappen /nej finns inte."),
        (["show", *case, "--keys", "/nej"], "Nyckelmappen /nej finns inte."),
        (
            ["show", "okänt", "--database", here.database, *keys],
            "Ärende okänt finns inte i loggen för kommun 9999.",
        ),
        (
            ["show", *case, *keys, "--tenant", "1287"],
            "--tenant: Kommun 1287 har ingen logg i databasen. Loggar i databasen: 9999.",
        ),
        (["export", *case, *keys, "-o", str(package)], f"--output: Filen {package} finns redan."),
        (["replay", str(half)], f"{half} är inget helt ärendepaket (zip eller paket.json)"),
        (["replay", str(text_file)], f"{text_file} är inget helt ärendepaket (zip eller paket.json)"),
        (["replay", "--database", here.database, *keys], "Ange ett ärende, ett paket eller --all."),
        (["replay", here.case], "Ange databasen med --database och nyckelmappen med --keys."),
    ):
        done = here.run("audit", *arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert done.err.startswith(message), (arguments, done.err)
    assert not Path(missing).exists()
    assert other.read_bytes() == before


def test_a_decision_that_cannot_be_logged_is_not_shown(here: Municipality, tmp_path: Path) -> None:
    log = ["--log", here.database]
    file = tmp_path / "text.db"
    file.write_text("ingen databas " * 200, "utf-8")
    lost = tmp_path / "tom"
    lost.mkdir()
    for arguments, message in (
        (log, "--log och --keys hör ihop"),
        (["--keys", here.keys], "--log och --keys hör ihop"),
        (["--log", str(file), "--keys", here.keys], f"Filen {file} är ingen SQLite-databas"),
        (
            ["--log", "/finns/inte/logg.db", "--keys", here.keys],
            "Mappen /finns/inte finns inte. Skapa den först.",
        ),
        ([*log, "--keys", str(lost)], f"Nyckelfilen {lost}/9999/wrapping-"),
    ):
        done = here.run("decide", str(GRANTED), *arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert done.err.startswith(message), (arguments, done.err)
    assert "OK   Kommun 9999: 10 poster" in here.verify().out, "nothing was written"


@pytest.mark.slow
def test_the_log_of_an_installation_is_left_to_the_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, keys = str(tmp_path / "logg.db"), str(tmp_path / "nycklar")
    engine = open_for_writing(database)
    with engine.begin() as connection:
        log = journal.open_log(FileKeyStore(Path(keys)))
        log.create(connection, "9999", "lagrum.example", datetime(2026, 11, 20, tzinfo=UTC))
    assert main(["decide", str(GRANTED), "--log", database, "--keys", keys]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("--log: Loggen 9999.lagrum.example/audit hör till en installation")
    engine.dispose()


@pytest.mark.slow
def test_a_log_beside_other_tables_of_the_same_database(tmp_path: Path) -> None:
    database = tmp_path / "annan.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    here = begun(tmp_path, str(database))
    assert here.verify("--vault", here.keys).code == 0


@pytest.mark.skipif(
    not shutil.which("sqlite3") or not shutil.which("unzip"), reason="needs sqlite3 and unzip"
)
@pytest.mark.slow
def test_the_commands_that_readers_are_told_to_try(tmp_path: Path) -> None:
    """Those of docs/granskning.md, word for word but for the empty environment, which has to be fetched."""
    guide = (PROJECT / "docs" / "granskning.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    script = "\n".join(blocks).replace("LAGRUM/", f"{PROJECT}/")
    script = re.sub(r"^python3 -m venv .*$", "", script, flags=re.MULTILINE)
    script = script.replace("tom/bin/python", sys.executable).replace("| less", "")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={"PATH": path, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.findall(r"```text\n(.*?)```", guide, re.DOTALL)
    assert len(told) == 2
    for line in "".join(told).splitlines():
        assert f"{line}\n" in done.stdout, line
    assert "ändring och radering är spärrade" in done.stderr
    assert done.stdout.count("=>   Allt som kontrollerats stämmer.") == 3
    assert done.stdout.count("=>   DET STÄMMER INTE.") == 2
    assert done.stdout.count("Olika: 0. Gick inte: 0.") == 2
