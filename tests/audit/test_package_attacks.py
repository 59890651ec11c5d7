"""Attacks on an exported case and on a letter's proof, by a stranger and by whoever has the signing key.

Each says what the program answers. Nothing is written anew here that the tables of the documentation do not
tell of: what passes stands there too, as what a package cannot show.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import create_engine

from audit import EntryKind, FileKeyStore, bundle, create_tables, prepare_engine, proof, verify
from audit.keys import SigningKey
from audit.verify import canonical, digest, statement
from tests.audit.world import FILES, RELEASE, WORKER, World

HOLDS, WRONG, UNREADABLE = 0, 1, 2
OF_PYTHON = re.compile(r"\w+Error\b|Errno|codec|Expecting|invalid|object|NoneType|\bnot\b|unpack")
"""Words that Python says of what it cannot read: nobody who checks a trail should have to."""

Package = dict[str, Any]


class Given(NamedTuple):
    """A case that was decided, as its municipality gave it out, with what others have kept of it."""

    world: World
    files: dict[str, str]
    letter: str
    other_letter: str
    first_checkpoint: str
    other_municipality: str
    old_key: str

    @property
    def package(self) -> Package:
        return dict(json.loads(self.files["paket.json"]))

    @property
    def key(self) -> SigningKey:
        """The signing key of today, which whoever has the key folder can use."""
        ident = verify.read_key(self.world.public["1287"]).id.hex()
        return self.world.keys.signing_key("1287", ident)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """Two cases with letters, and a log whose signing key and vault key have been changed."""
    engine = prepare_engine(create_engine("sqlite://"))
    create_tables(engine)
    world = World(engine, tmp_path_factory.mktemp("log"))
    world.create("1287", "1384")
    old = verify.read_key(world.public["1287"]).id.hex()
    world.publish()
    first = world.checkpoint()
    with engine.begin() as connection:
        world.public["1287"] = world.log.change_signing_key(connection, "1287", world.now, WORKER)
        world.log.change_wrapping_key(connection, "1287", world.now, WORKER)
    world.decide()
    world.decide(case="c-2")
    world.checkpoint()
    with engine.connect() as connection:
        letter, other = proof.letter(connection, "1287", 6), proof.letter(connection, "1287", 9)
    sent = f"Beslut\n\nDu får 8 379 kr.\n\n{letter}\n"
    world.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": sent})
    world.append(kind=EntryKind.ACCESS)
    world.checkpoint()
    elsewhere = world.checkpoint("1384")
    with engine.connect() as connection:
        content = bundle.export(
            connection, world.keys, "1287", "c-1", {RELEASE: FILES}, [letter, other, first]
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    yield Given(world, files, letter, other, first, elsewhere, old)
    engine.dispose()


class Said(NamedTuple):
    status: int
    text: str


Program = Callable[..., Said]


@pytest.fixture
def program(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """The program in a folder with some files; a letter is given beside the export."""
    monkeypatch.chdir(tmp_path)

    def check(files: dict[str, str | bytes], *arguments: str, key: str = "") -> Said:
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            Path(name).write_bytes(raw)
        status = verify.main([*arguments, "--key", key or given.world.public["1287"]])
        said = "".join(capsys.readouterr())
        assert not OF_PYTHON.search(said), said
        return Said(status, said)

    return check


def item(package: Package, kind: str) -> Any:
    """The entry of a kind, in a package."""
    return next(each for each in package["bundle"]["entries"] if f'"type":"{kind}"' in each["leaf"])


def without(package: Package, kind: str, *at: int) -> None:
    """The package without entries of a kind; those at some positions alone."""
    package["bundle"]["entries"] = [
        each
        for each in package["bundle"]["entries"]
        if f'"type":"{kind}"' not in each["leaf"] or (at and each["seq"] not in at)
    ]


def sealed(package: Package, key: SigningKey) -> str:
    """The package as its municipality would have written and sealed it."""
    package["seal"] = key.sign(statement(key.name, "bundle", digest(canonical(package["bundle"]))))
    return canonical(package)


# --- by a stranger, in the text of the package


def opened_value(package: Package) -> None:
    item(package, "facts")["opened"]["salary"][1] = "1.50"


def deep(given: Given, text: str) -> str:
    return text.replace('"format":', '"deep":' + "[" * 200_000 + "]" * 200_000 + ',"format":')


def with_own_key(given: Given, text: str) -> str:
    """All signed by a key that the forger has made, which the package says has always been the log's."""
    forger = FileKeyStore(given.world.folder / "forger").new_signing_key("1287", given.key.name)
    package = json.loads(text)
    without(package, "key_changed")
    first = {**json.loads(given.package["bundle"]["entries"][0]["leaf"])}
    first["body"]["key"] = forger.public
    package["bundle"]["entries"].insert(0, {"seq": 0, "leaf": canonical(first), "path": [], "opened": {}})
    package["bundle"]["checkpoint"] = forger.sign(package["bundle"]["checkpoint"].split("\n\n")[0] + "\n")
    return sealed(package, forger)


def changed_json(change: Callable[[Package], None]) -> Callable[[Given, str], str]:
    def forge(given: Given, text: str) -> str:
        package = json.loads(text)
        change(package)
        return canonical(package)

    return forge


BY_A_STRANGER: dict[str, tuple[Callable[[Given, str], str], int, str]] = {
    "ett ord": (lambda g, t: t.replace("BIFALL", "AVSLAG"), WRONG, "Paketet är ändrat"),
    "ett öppnat värde": (changed_json(opened_value), WRONG, "uppgiften salary är inte den som loggades"),
    "en nyckel två gånger": (
        lambda g, t: t.replace('"case":"c-1"', '"case":"c-2","case":"c-1"', 1),
        WRONG,
        "RFC 8785",
    ),
    "ett mellanslag": (lambda g, t: t.replace('"case":', '"case": ', 1), WRONG, "RFC 8785"),
    "en radbrytning": (lambda g, t: t + "\n", WRONG, "RFC 8785"),
    "bomärke": (lambda g, t: "\ufeff" + t, UNREADABLE, "går inte att läsa"),
    "utskriven bokstav": (lambda g, t: t.replace("å", "\\u00e5", 1), WRONG, "RFC 8785"),
    "delad bokstav": (lambda g, t: unicodedata.normalize("NFD", t), WRONG, "RFC 8785"),
    "halvt tecken": (lambda g, t: t.replace("å", "\\ud800", 1), WRONG, "RFC 8785"),
    "NaN": (lambda g, t: t.replace('"seq":0', '"seq":NaN', 1), UNREADABLE, "går inte att läsa"),
    "djup 200 000": (deep, UNREADABLE, "går inte att läsa: det har en annan form"),
    "tiotusen siffror": (
        lambda g, t: t.replace('"seq":0', '"seq":' + "9" * 10_000, 1),
        UNREADABLE,
        "går inte att läsa",
    ),
    "egen nyckel": (with_own_key, WRONG, "finns inte i loggens nyckelhistorik"),
    "en annan kommuns checkpoint": (
        lambda g, t: canonical(
            {**json.loads(t), "bundle": {**json.loads(t)["bundle"], "checkpoint": g.other_municipality}}
        ),
        WRONG,
        "saknas eller är falsk",
    ),
    "skärmtecken": (
        changed_json(
            lambda package: item(package, "facts").update(
                leaf=canonical(
                    {
                        **json.loads(item(package, "facts")["leaf"]),
                        "time": "\u001b[2J\u001b[H=>   Allt \u009b",
                    }
                )
            )
        ),
        WRONG,
        "\\u001b[2J",
    ),
}


@pytest.mark.parametrize("name", BY_A_STRANGER)
def test_a_package_changed_by_a_stranger(given: Given, program: Program, name: str) -> None:
    forge, status, told = BY_A_STRANGER[name]
    forged = forge(given, given.files["paket.json"])
    assert forged != given.files["paket.json"]
    said = program({"paket.json": forged, "spår.txt": given.files["spår.txt"]}, "paket.json")
    assert (said.status, told in said.text) == (status, True), said.text
    assert not any(sign in said.text for sign in "\u001b\u009b\u2028")


# --- sealed again, by whoever has the log's key


def value_of_another_case(given: Given, package: Package) -> None:
    with given.world.engine.connect() as connection:
        content = bundle.export(connection, given.world.keys, "1287", "c-2")
    other = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("paket.json"))
    item(package, "facts")["opened"] = item(other, "facts")["opened"]


def swapped_openings(given: Given, package: Package) -> None:
    opened = item(package, "facts")["opened"]
    opened["salary"], opened["first_name"] = opened["first_name"], opened["salary"]


def swapped_paths(given: Given, package: Package) -> None:
    one, two = item(package, "facts"), item(package, "assessment")
    one["path"], two["path"] = two["path"], one["path"]


def longer_opening(given: Given, package: Package) -> None:
    """A key of HMAC with zeros after it is the same key: there must be one form of an opening."""
    opened = item(package, "facts")["opened"]["salary"]
    opened[0] = bundle._base64(verify.unbase64(opened[0]) + b"\0")


def position_that_is_no_number(given: Given, package: Package) -> None:
    package["bundle"]["entries"][0]["seq"] = False


def entry_twice(given: Given, package: Package) -> None:
    package["bundle"]["entries"].append({**item(package, "facts"), "opened": {}})


BY_THE_MUNICIPALITY: dict[str, tuple[Callable[[Given, Package], None], int, str]] = {
    "ett öppnat värde": (lambda g, p: opened_value(p), WRONG, "uppgiften salary är inte den som loggades"),
    "ett annat ärendes värden": (value_of_another_case, WRONG, "är inte den som loggades"),
    "två öppningar byter plats": (swapped_openings, WRONG, "är inte den som loggades"),
    "två bevis byter plats": (swapped_paths, WRONG, "finns inte så i loggen"),
    "en post mitt i utelämnad": (lambda g, p: without(p, "facts"), WRONG, "en lucka före posten"),
    "en regelfil": (
        lambda g, p: item(p, "release_published")["files"].update({"rules/norm.yaml": "x"}),
        WRONG,
        "är en annan än den publicerade",
    ),
    "en äldre checkpoint": (
        lambda g, p: p["bundle"].update(checkpoint=g.first_checkpoint),
        WRONG,
        "finns inte så i loggen",
    ),
    "nyckelbytet utelämnat": (
        lambda g, p: without(p, "key_changed", 2),
        WRONG,
        "finns inte i loggens nyckelhistorik",
    ),
    "samma post två gånger": (entry_twice, WRONG, "Samma post står flera gånger"),
    "plats som inte är ett tal": (position_that_is_no_number, WRONG, "Postens plats är inget heltal"),
    "öppning med nollor efter": (longer_opening, WRONG, "uppgiften salary är inte den som loggades"),
    "sista posten utelämnad": (lambda g, p: without(p, "access"), HOLDS, "post 1 till 4"),
    "bytet av valvnyckel utelämnat": (
        lambda g, p: without(p, "key_changed", 3),
        HOLDS,
        "Allt som kontrollerats stämmer.",
    ),
    "annan läsbar text, på båda ställena": (
        lambda g, p: p["bundle"].update(readable=g.files["spår.txt"].replace("BIFALL", "AVSLAG")),
        HOLDS,
        "Allt som kontrollerats stämmer.",
    ),
}


@pytest.mark.parametrize("name", BY_THE_MUNICIPALITY)
def test_a_package_sealed_again_with_the_logs_key(given: Given, program: Program, name: str) -> None:
    forge, status, told = BY_THE_MUNICIPALITY[name]
    package = given.package
    forge(given, package)
    assert canonical(package) != given.files["paket.json"]
    key = given.key
    if name == "en äldre checkpoint":
        key = given.world.keys.signing_key("1287", given.old_key)
    text = sealed(package, key)
    said = program({"paket.json": text, "spår.txt": package["bundle"]["readable"]}, "paket.json")
    assert (said.status, told in said.text) == (status, True), said.text


# --- a package with a letter that somebody holds


def only_the_first_entry(package: Package) -> None:
    kept = [each for each in package["bundle"]["entries"] if '"case":' not in each["leaf"]]
    package["bundle"]["entries"] = [*kept, item(package, "application_received")]


WITH_A_LETTER: dict[str, tuple[Callable[[Given], tuple[Package, str]], int, str]] = {
    "orört": (lambda g: (g.package, g.letter), HOLDS, "Brevet gäller post 6 i det här ärendet"),
    "ett annat ärendes brev": (lambda g: (g.package, g.other_letter), WRONG, "inte är en av ärendets poster"),
    "allt utom första posten utelämnat": (
        lambda g: (changed(g.package, only_the_first_entry), g.letter),
        WRONG,
        "inte är en av ärendets poster",
    ),
    "brevets plats": (
        lambda g: (g.package, g.letter.replace("index 6", "index 5")),
        WRONG,
        "leder inte till den underskrivna roten",
    ),
    "brevets bevis": (
        lambda g: (g.package, swapped_lines(g.letter, 3, 4)),
        WRONG,
        "leder inte till den underskrivna roten",
    ),
}


def changed(package: Package, change: Callable[[Package], None]) -> Package:
    change(package)
    return package


def swapped_lines(text: str, one: int, two: int) -> str:
    lines = text.split("\n")
    lines[one], lines[two] = lines[two], lines[one]
    return "\n".join(lines)


@pytest.mark.parametrize("name", WITH_A_LETTER)
def test_a_package_held_against_a_letter(given: Given, program: Program, name: str) -> None:
    build, status, told = WITH_A_LETTER[name]
    package, letter = build(given)
    files = {
        "paket.json": sealed(package, given.key),
        "brev.txt": letter,
        "spår.txt": given.files["spår.txt"],
    }
    said = program(files, "paket.json", "brev.txt")
    assert (said.status, told in said.text) == (status, True), said.text


# --- the zip


def packed(*files: tuple[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return content.getvalue()


def stored(files: dict[str, str]) -> bytes:
    """Not compressed, so that the letter stands in the file as it is; and with a changed trail."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, text in {**files, "spår.txt": files["spår.txt"].replace("BIFALL", "AVSLAG")}.items():
            archive.writestr(name, text)
    return content.getvalue()


def forged(files: dict[str, str]) -> bytes:
    """A zip of the same names, with another trail."""
    return packed(*{**files, "spår.txt": files["spår.txt"].replace("BIFALL", "AVSLAG")}.items())


def without_its_list(content: bytes) -> bytes:
    """The files of a zip alone: programs that read from the start unpack them."""
    return content[: content.index(b"PK\x01\x02")]


def listed_elsewhere(files: dict[str, str]) -> bytes:
    """Another zip before the genuine one, whose list says where its own files begin: whole by the one
    reading, and of two kinds of files by the other."""
    before = without_its_list(forged(files))
    content = io.BytesIO(before)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def between(files: dict[str, str]) -> bytes:
    """Another file between two of the genuine, which the list does not tell of."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            if name == "LÄS-MIG.txt":
                hidden = without_its_list(packed(("spår.txt", "AVSLAG")))
                content.write(hidden)
                archive.start_dir = content.tell()
    return content.getvalue()


def named_twice(files: dict[str, str]) -> bytes:
    """What is not sealed has a second name, which other programs go by (Info-ZIP Unicode Path)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            if name == "LÄS-MIG.txt":
                other = "spår.txt".encode()
                said = b"\x01" + zlib.crc32(name.encode()).to_bytes(4, "little") + other
                info.extra = b"up" + len(said).to_bytes(2, "little") + said
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


MORE = "mer i sig än sina filer"
ZIPS: dict[str, tuple[Callable[[dict[str, str]], bytes], int, str]] = {
    "orörd": (lambda f: packed(*f.items()), HOLDS, "Allt som kontrollerats stämmer."),
    "spår.txt ändrad": (
        lambda f: packed(*{**f, "spår.txt": f["spår.txt"].replace("BIFALL", "AVSLAG")}.items()),
        WRONG,
        "spår.txt är ändrad",
    ),
    "okomprimerad, med brevets bevis synligt och spår.txt ändrad": (stored, WRONG, "spår.txt är ändrad"),
    "två paket.json": (
        lambda f: packed(*f.items(), ("paket.json", f["paket.json"])),
        WRONG,
        "andra filer än det ska ha",
    ),
    "en fil utanför mappen": (
        lambda f: packed(*f.items(), ("../../paket.json", "{}")),
        WRONG,
        "andra filer än det ska ha",
    ),
    "en annan zip före": (lambda f: forged(f) + packed(*f.items()), WRONG, MORE),
    "en annans filer före": (listed_elsewhere, WRONG, MORE),
    "en fil emellan": (between, WRONG, MORE),
    "något efter slutet": (lambda f: packed(*f.items()) + b"AVSLAG", WRONG, MORE),
    "en fil med två namn": (named_twice, WRONG, MORE),
    "större än minnet": (
        lambda f: packed(*{**f, "LÄS-MIG.txt": "0" * 4_000_000}.items()),
        WRONG,
        "större än",
    ),
}


@pytest.mark.parametrize("name", ZIPS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip(given: Given, program: Program, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    build, status, told = ZIPS[name]
    if name == "större än minnet":
        monkeypatch.setattr(verify, "LARGEST", 3_000_000)
    said = program({"utdrag.zip": build(given.files)}, "utdrag.zip")
    assert (said.status, told in said.text) == (status, True), said.text
    assert not Path("../../paket.json").exists()


# --- the proof on a letter


def with_signature(given: Given, letter: str, key: SigningKey) -> str:
    """The letter with its checkpoint signed by another key."""
    before, text, _ = letter.split("\n\n")
    return f"{before}\n\n{key.sign(text + chr(10))}"


def forger(given: Given) -> SigningKey:
    return FileKeyStore(given.world.folder / "brev").new_signing_key("1287", given.key.name)


def later_checkpoint(given: Given, letter: str) -> str:
    """The path to one root under a checkpoint of another size."""
    return letter.split("\n\n")[0] + "\n\n" + given.package["bundle"]["checkpoint"]


def signatures(letter: str, lines: Callable[[str], str]) -> str:
    before, text, signed = letter.split("\n\n")
    return f"{before}\n\n{text}\n\n{lines(signed)}"


THE_SAME = "Post 6 fanns i"
FALSE = "DET STÄMMER INTE"
SPOILT = "går inte att läsa"

LETTERS: dict[str, tuple[Callable[[Given, str], str], str]] = {
    "orört": (lambda g, t: t, THE_SAME),
    "bomärke först": (lambda g, t: "\ufeff" + t, THE_SAME),
    "tomma rader och indrag": (lambda g, t: "\n\n   " + t.replace("\n", "\n\n  "), THE_SAME),
    "Windows radbrytningar": (lambda g, t: t.replace("\n", "\r\n"), THE_SAME),
    "bindestreck i stället för tankstreck": (lambda g, t: t.replace("—", "-"), THE_SAME),
    "bland annan text": (lambda g, t: f"Beslut\n\n{t}\n\nHälsningar", THE_SAME),
    "annan plats": (lambda g, t: t.replace("index 6", "index 7"), FALSE),
    "plats med breda siffror": (lambda g, t: t.replace("index 6", "index \uff16"), SPOILT),
    "plats med understreck": (lambda g, t: t.replace("index 6", "index 0_6"), SPOILT),
    "plats med tecken": (lambda g, t: t.replace("index 6", "index +6"), SPOILT),
    "plats under noll": (lambda g, t: t.replace("index 6", "index -6"), FALSE),
    "plats bortom loggen": (lambda g, t: t.replace("index 6", "index 600"), FALSE),
    "annat löv": (lambda g, t: t.replace(t.split("\n")[1], f"extra {'A' * 43}="), FALSE),
    "två steg byter plats": (lambda g, t: swapped_lines(t, 3, 4), FALSE),
    "ett steg borta": (lambda g, t: t.replace(t.split("\n")[3] + "\n", ""), FALSE),
    "ett steg till": (lambda g, t: t.replace(t.split("\n")[3], t.split("\n")[3] + f"\n{'A' * 43}="), FALSE),
    "annan storlek": (lambda g, t: t.replace("audit\n10\n", "audit\n11\n"), FALSE),
    "en senare checkpoint": (later_checkpoint, FALSE),
    "en annan kommuns checkpoint": (
        lambda g, t: t.split("\n\n")[0] + "\n\n" + g.other_municipality,
        FALSE,
    ),
    "egen nyckel med loggens namn": (lambda g, t: with_signature(g, t, forger(g)), FALSE),
    "ingen underskrift": (lambda g, t: signatures(t, lambda signed: ""), FALSE),
    "falsk underskrift före den rätta": (
        lambda g, t: signatures(t, lambda s: s.replace(s[-12:-6], "AAAAAA") + s),
        FALSE,
    ),
    "en främmande rad bland underskrifterna": (
        lambda g, t: signatures(t, lambda s: "— vittne.example " + s.rpartition(" ")[2] + s),
        THE_SAME,
    ),
    "bokstaven o för siffran 0": (lambda g, t: t.replace("tlog-proof", "tl0g-proof"), SPOILT),
    "bara första raden": (lambda g, t: t.split("\n")[0], SPOILT),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter(given: Given, program: Program, name: str) -> None:
    forge, told = LETTERS[name]
    forged = forge(given, given.letter)
    assert (forged == given.letter) == (name == "orört")
    said = program({"brev.txt": forged}, "brev.txt")
    status = {THE_SAME: HOLDS, FALSE: WRONG, SPOILT: UNREADABLE}[told]
    assert (said.status, told in said.text) == (status, True), said.text


def test_the_pages_say_how_many_were_tried() -> None:
    packages = len([*BY_A_STRANGER, *BY_THE_MUNICIPALITY, *WITH_A_LETTER, *ZIPS])
    letters = sum(told != THE_SAME for _, told in LETTERS.values())
    said = f"ett förfalskat utdrag ({packages} prövade) eller brev ({letters} prövade)"
    assert said in (Path(__file__).parents[2] / "README.md").read_text("utf-8")
