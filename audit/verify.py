"""Check a case's trail, or the proof on a decision letter, without trusting whoever made it.

    python verify.py utdrag.zip --key NYCKEL [--checkpoint TIDIGARE ...]
    python verify.py brev.txt --key NYCKEL
    python verify.py utdrag.zip brev.txt --key NYCKEL

The export is checked as the zip it came in, or as its paket.json with the texts to read beside it. A letter
is checked as it was saved: the proof is found in it, and with the export its words are held against those
that were logged. NYCKEL is the municipality's public key, as text or in a file; give it once for each key
that has been in use. TIDIGARE is a checkpoint or letter kept since before.
Needs Python 3.11 and the package ``cryptography``, and nothing of the project that made the log.
Exit codes: 0 everything holds, 1 something does not hold, 2 the input cannot be read.
Sources: RFC 6962 (tree), RFC 8785 (form of an entry), C2SP signed-note, tlog-checkpoint and tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from operator import eq
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BUNDLE = "lagrum-audit-bundle/1"
PACKAGE, TRAIL, KEY_FILE, PROGRAM, README = "paket.json", "spår.txt", "nyckel.txt", "verify.py", "LÄS-MIG.txt"
LARGEST = 512 * 1024 * 1024  # bytes of an export unpacked; a case with all its rules is a few megabytes
LETTER = "c2sp.org/tlog-proof@v1"
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


class WrongError(Exception):
    """Something that was checked does not hold."""


class IllegibleError(ValueError):
    """Something that cannot be read, and why in words."""


WHY = (  # what is wrong with an input that cannot be read: the first that fits
    (IllegibleError, "{0}"),
    (json.JSONDecodeError, "det är ingen JSON från rad {0.lineno}, tecken {0.colno}"),
    (UnicodeDecodeError, "det är ingen text i UTF-8 från byte {0.start}"),
    (KeyError, "fältet {0} saknas"),
    (zipfile.BadZipFile, "zip-filen är skadad"),
    (OSError, "filen finns inte, eller är en mapp, eller en fil som du inte får läsa"),
    (Exception, "det har en annan form"),
)


def visible(text: str) -> str:
    """Text from others as a screen may show it: what is not printable is written as its number."""
    kept = (each.isprintable() or category(each) == "Zs" for each in text)
    return "".join(each if keep else f"\\u{ord(each):04x}" for each, keep in zip(text, kept, strict=True))


class Report(list[tuple[str, str]]):
    """What was checked, one line each: OK, OBS (worth knowing) or FEL, and what it is about."""

    def say(self, kind: str, value: str) -> str:  # as those who read it say a time, a type, a case
        return value

    def add(self, holds: bool | None, right: str, wrong: str = "") -> None:
        state = "OBS" if holds is None else "OK" if holds else "FEL"
        self.append((state, visible(wrong if holds is False else right)))

    @property
    def ok(self) -> bool:
        return all(state != "FEL" for state, _ in self)

    def __str__(self) -> str:
        result = "Allt som kontrollerats stämmer." if self.ok else "DET STÄMMER INTE."
        return "\n".join(f"{state:4} {text}" for state, text in [*self, ("=>", result)])


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 6962 section 2.1.1); no root if its length is wrong."""
    if not 0 <= index < size or (size == 1) != (not path):
        return b""
    if size == 1:
        return leaf
    middle = 1 << (size - 1).bit_length() - 1
    if index < middle:
        return node_hash(root_of(index, middle, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_of(index - middle, size - middle, leaf, path[:-1]))


def grown(old: int, size: int, known: bytes | None, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to (RFC 6962 section 2.1.2), or no roots.
    ``known`` is the old root, for as long as the old tree is a whole left part of the new one."""
    if old == size and len(path) == (known is None):
        top = known or path[0]
        return top, top
    if not 0 < old < size or not path:
        return b"", b""
    middle = 1 << (size - 1).bit_length() - 1
    if old <= middle:
        before, after = grown(old, middle, known, path[:-1])
        return before, node_hash(after, path[-1])
    before, after = grown(old - middle, size - middle, None, path[:-1])
    return node_hash(path[-1], before), node_hash(path[-1], after)


_FORM: Any = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":"), "allow_nan": False}
canonical = json.JSONEncoder(**_FORM).encode


_decode = json.JSONDecoder(parse_float=int).raw_decode  # a decimal is no whole number: ValueError


def read_canonical(text: str) -> Any:
    """A JSON value from the only text that RFC 8785 allows for it. Raises WrongError, ValueError."""
    value = _decode(text)[0]
    if canonical(value) != text:
        raise WrongError("Texten är inte skriven på det enda sätt som RFC 8785 tillåter.")
    return value


def unbase64(text: str) -> bytes:
    """Raises ValueError unless the text is the only base64 form of its bytes."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise IllegibleError(f"{text!r} är inte ren base64")
    return raw


class Key(NamedTuple):
    """A log's public key. ``text`` is its C2SP form: name+id+key."""

    text: str
    name: str
    id: bytes
    public: Ed25519PublicKey


def read_key(text: str) -> Key:
    """Raises ValueError when the text is not a key, or its id not the key's own."""
    name, ident, data = text.strip().split("+", 2)
    raw = unbase64(data)
    if raw[:1] != b"\x01" or bytes.fromhex(ident) != hashlib.sha256(f"{name}\n".encode() + raw).digest()[:4]:
        raise IllegibleError("nyckelns nummer hör inte till nyckeln")
    return Key(text.strip(), name, bytes.fromhex(ident), Ed25519PublicKey.from_public_bytes(raw[1:]))


def open_note(note: str, key: Key) -> str:
    """The text of a C2SP signed note that ``key`` has signed. Raises WrongError."""
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.split("\n"):
        name, _, blob = line.rpartition(" ")
        try:
            if name == f"— {key.name}" and (raw := unbase64(blob))[:4] == key.id:
                key.public.verify(raw[4:], f"{text}\n".encode())
                return f"{text}\n"
        except (ValueError, InvalidSignature):
            break
    raise WrongError(f"Underskriften med nyckel {key.id.hex()} saknas eller är falsk.")


def read_checkpoint(note: str) -> tuple[str, int, bytes]:
    """Name of the log, number of entries and root, whoever signed it. Raises ValueError."""
    origin, size, root = note.split("\n")[:3]
    if str(int(size)) != size or len(unbase64(root)) != 32:
        raise IllegibleError("checkpointen har inte raderna loggens namn, antal poster, rot")
    return origin, int(size), unbase64(root)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def statement(origin: str, about: str, text: str) -> str:
    """What the log's key signs besides checkpoints: a new key (key-change), an export (bundle)."""
    return f"{origin}/{about}\n{text}\n"


def key_history(entries: Iterable[tuple[int, Any]], origin: str) -> list[tuple[int, Key]]:
    """The log's keys, from the entries that change them: (position, key). Raises WrongError, ValueError."""
    history: list[tuple[int, Key]] = []
    for seq, entry in entries:
        if entry["type"] == "key_changed" and entry["body"]["use"] == "signing":
            key = read_key(entry["body"]["key"])
            if key.name != origin or bool(seq) != bool(history):
                raise WrongError(f"Nyckeln i post {seq} hör inte till loggen {origin}.")
            given = history and open_note(entry["body"]["handover"], history[-1][1])
            if history and given != statement(origin, "key-change", key.text):
                raise WrongError(f"Nyckelbytet i post {seq} är inte undertecknat med den förra nyckeln.")
            history.append((seq, key))
    return history


def key_at(history: Sequence[tuple[int, Key]], size: int) -> Key:
    """The key that signs a tree of this size. Raises IndexError."""
    return [key for seq, key in history if seq < size][-1]


def in_order(entry: Any, last: str) -> bool:
    """Whether an entry may follow one of time ``last``: only a recorded clock anomaly may step back."""
    stepped = entry["type"] == "clock_anomaly" and entry["body"]["to"] == entry["time"]
    return bool(entry["body"]["from"] >= last if stepped else entry["time"] >= last)


def is_letter(text: str) -> bool:
    """Whether a text holds the proof of a letter, alone or among other words."""
    return LETTER in (line.strip("\ufeff \t\r") for line in text.split("\n"))


def read_letter(text: str) -> tuple[bytes, int, list[bytes], str]:
    """Leaf hash, position, proof and checkpoint of a text's tlog-proof, however spaced. Raises ValueError."""
    rest, signatures = list[str](), list[str]()
    for line in (" ".join(line.replace("\ufeff", "").split()) for line in text.splitlines()):
        if rest and line[:1] in ("—", "–", "-"):
            signatures.append(f"— {line.partition(' ')[2]}")
        elif line and signatures:
            break
        elif (rest and line) or line == LETTER:
            rest.append(line)
    if len(rest) < 6 or rest[1][:6] != "extra " or rest[2][:6] != "index ":
        raise IllegibleError("de tre första raderna ska vara tlog-proof, extra och index")
    leaf, *path = [unbase64(line) for line in [rest[1][6:], *rest[3:-3]]]
    index = int(rest[2][6:])
    if str(index) != rest[2][6:]:
        raise IllegibleError("index är inte ett heltal skrivet med siffrorna 0 till 9")
    return leaf, index, path, "\n".join([*rest[-3:], "", *signatures, ""])


def key_of(note: str, keys: Sequence[Key]) -> Key:
    """The key among several that signed a note. Raises WrongError, which says whose key it names."""
    named = []
    for line in note.rpartition("\n\n")[2].split("\n"):
        name, _, blob = line.rpartition(" ")
        if blob:
            named.append(f"{name[2:]} med nyckel {unbase64(blob)[:4].hex()}")
            found = [key for key in keys if name == f"— {key.name}" and unbase64(blob)[:4] == key.id]
            if found:
                return found[0]
    given = ", ".join(key.id.hex() for key in keys)
    raise WrongError(f"Underskriften är {' och '.join(named) or 'borta'}, men nyckeln du angav är {given}.")


def check_letter(report: Report, text: str, key: Key, earlier: Sequence[str] = ()) -> None:
    """Check the proof on a letter by itself. Raises WrongError, and what a broken text gives rise to."""
    if earlier:
        raise IllegibleError("ett brev kan jämföras med annat först genom ärendets utdrag: UTDRAGET BREVET")
    leaf, index, path, note = read_letter(text)
    origin, size, root = read_checkpoint(open_note(note, key))
    holds = origin == key.name and root_of(index, size, leaf, path) == root
    right = f"Post {index} fanns i {origin} när loggen hade {size} poster. Nyckel {key.id.hex()}."
    report.add(holds, right, "Beviset leder inte till den underskrivna roten. Är allt rätt avskrivet?")
    report.add(None, "Om brevets ord är ändrade syns först med ärendets utdrag: verify.py UTDRAGET BREVET.")


def check_bundle(report: Report, text: str, key: Key, earlier: Sequence[str]) -> None:
    """Check an exported case. Raises WrongError, and what a broken file gives rise to."""
    outer = read_canonical(text)
    bundle, case = outer["bundle"], outer["bundle"]["case"]
    if bundle["format"] != BUNDLE:
        raise IllegibleError(f"formatet är {bundle['format']}, men det här programmet läser {BUNDLE}")
    items = {item["seq"]: item for item in bundle["entries"]}
    if any(type(seq) is not int for seq in items):
        raise WrongError("Postens plats är inget heltal.")
    if len(items) != len(bundle["entries"]):
        raise WrongError("Samma post står flera gånger i paketet.")
    entries = {seq: read_canonical(item["leaf"]) for seq, item in sorted(items.items())}
    history = key_history(entries.items(), key.name)
    if key not in [known for _, known in history]:
        raise WrongError(f"Nyckeln {key.id.hex()} finns inte i loggens nyckelhistorik.")
    origin, size, root = read_checkpoint(bundle["checkpoint"])
    signer = key_at(history, size)
    right = f"Loggen {origin} hade {size} poster. Underskrivet med nyckel {signer.id.hex()}."
    own = open_note(bundle["checkpoint"], signer).startswith(f"{key.name}\n")
    report.add(own, right, f"Checkpointen gäller en annan logg, {origin}.")
    whole = open_note(outer["seal"], signer) == statement(key.name, "bundle", digest(canonical(bundle)))
    report.add(whole, "Paketet är oförändrat sedan det gjordes.", "Paketet är ändrat sedan det gjordes.")
    last, number, hidden, used, shipped = "", 0, 0, set(), set()
    for seq, entry in entries.items():
        item, fields, opened = items[seq], entry.get("personal", {}), items[seq]["opened"]
        name = f"Post {seq}, {report.say('time', entry['time'])}, {report.say('type', entry['type'])}"
        path = [unbase64(part) for part in item["path"]]
        holds = root_of(seq, size, leaf_hash(item["leaf"].encode()), path) == root
        report.add(holds, f"{name}: finns i loggen, ord för ord.", f"{name}: finns inte så i loggen.")
        number += "case" in entry
        own = entry["tenant"] == origin[:4] and entry.get("case", case) == case
        if not own or entry.get("number", 0) != ("case" in entry) * number or not in_order(entry, last):
            report.add(False, "", f"{name}: fel ärende, en lucka före posten eller en klocka som gått bakåt.")
        for field in sorted({*fields, *opened}):
            secret, value = opened.get(field, ("", None))
            commitment = base64.b64encode(hmac.digest(unbase64(secret), canonical(value).encode(), "sha256"))
            same = len(unbase64(secret)) == 32 and fields.get(field) == commitment.decode()
            if field in opened and not same:
                report.add(False, "", f"{name}: uppgiften {field} är inte den som loggades.")
        hidden, last = hidden + len(fields.keys() - opened.keys()), entry["time"]
        used |= {entry["release"]} if "release" in entry else set()
        if "files" in item:
            shipped.add(release := entry["body"]["release"])
            same = {path: digest(file) for path, file in item["files"].items()} == entry["body"]["files"]
            wrong = f"Regelversion {release} är en annan än den publicerade."
            report.add(same, f"Regelversion {release} är den publicerade.", wrong)
    known = report.say("case", f"Ärendet {case}")
    report.add(number > 0, f"{known}: post 1 till {number}, i ordning och utan lucka.", "Inga poster.")
    if hidden:
        report.add(None, f"{hidden} personuppgifter är gallrade eller utelämnade och kan inte kontrolleras.")
    if used - shipped:
        report.add(None, f"Regelversion {', '.join(sorted(used - shipped))} följer inte med i paketet.")
    if last > datetime.now(UTC).isoformat():
        report.add(None, f"Sista posten är från {report.say('time', last)}, senare än datorns klocka.")
    paths = {size: [], **{part["size"]: part["path"] for part in bundle["earlier"]}}
    for old in earlier:
        check_earlier(report, old, history, (origin, size, root), paths, entries, items, case)


def check_earlier(
    report: Report, old: str, history: Any, now: Any, paths: Any, entries: Any, items: Any, case: str
) -> None:
    """Hold an export against a checkpoint or letter kept since before. A letter's entry must be in it."""
    origin, size, root = now
    leaf, index, letter_path, note = read_letter(old) if is_letter(old) else (None, 0, [], old)
    then = read_checkpoint(note)[1]
    if then not in paths:
        raise WrongError(f"Paketet saknar bevis från {then} poster. Begär ett gjort med checkpointen.")
    known = read_checkpoint(open_note(note, key_at(history, then)))
    roots = grown(then, size, known[2], [unbase64(part) for part in paths[then]])
    holds = roots == (known[2], root) and known[0] == origin
    wrong = f"Loggen är en annan än den som visades när den hade {then} poster."
    report.add(holds, f"Loggen har bara vuxit sedan den hade {then} poster.", wrong)
    if leaf is None:
        return
    if root_of(index, then, leaf, letter_path) != known[2]:
        report.add(False, "", f"Brevets bevis för post {index} leder inte till den underskrivna roten.")
    elif index not in items or entries[index].get("case") != case:
        report.add(False, "", f"Brevet gäller post {index}, som inte är en av ärendets poster i paketet.")
    else:
        same = leaf == leaf_hash(items[index]["leaf"].encode())
        right = f"Brevet gäller post {index} i det här ärendet, {report.say('type', entries[index]['type'])}."
        report.add(same, right, f"Brevet gäller post {index}, men posten i paketet är en annan.")
        check_words(report, old, entries, items, entries[index].get("decision"))


def check_words(report: Report, letter: str, entries: Any, items: Any, decision: Any) -> None:
    """Hold the words of a letter, as it was saved, against those logged for its decision; spaces and the
    breaks of lines are no words."""
    said = letter.replace("\ufeff", "").split()
    own = [seq for seq, one in entries.items() if (one["type"], one.get("decision")) == ("letter", decision)]
    logged = [items[seq]["opened"]["text"][1].split() for seq in own if "text" in items[seq]["opened"]]
    if said[0] == LETTER:
        report.add(None, "Bara beviset är sparat. Spara hela brevet för att pröva vad som står i det.")
    elif not logged:
        report.add(None, "Brevets ord är gallrade, utelämnade eller inte loggade än, och kan inte prövas.")
    else:
        alike = max(len([*takewhile(bool, map(eq, said, one))]) for one in logged)
        wrong = f"Brevet är inte det som loggades: ”{' '.join(said[max(alike - 3, 0) : alike + 3])}”."
        report.add(said in logged, "Brevet är ord för ord det som loggades.", wrong)


def check_zip(report: Report, content: bytes, keys: Sequence[Key], earlier: Sequence[str]) -> None:
    """Check an export as it was handed over: what was sealed and no more, whatever program unpacks it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if sorted(names) != sorted([PACKAGE, TRAIL, KEY_FILE, PROGRAM, README]):
            raise WrongError(f"Utdraget har andra filer än det ska ha: {', '.join(names)}.")
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise WrongError(f"Utdraget är större än {LARGEST} byte uppackat.")
        ends = 0
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            if info.header_offset == ends and not info.extra and content[ends + 28 : ends + 30] == b"\0\0":
                ends += 30 + len(info.orig_filename.encode()) + info.compress_size
        if ends != archive.start_dir or content[-22:-18] != b"PK\5\6":
            raise WrongError("Utdraget har mer i sig än sina filer: andra program kan packa upp något annat.")
        files = {name: archive.read(name) for name in names}
    check_package(report, files[PACKAGE].decode(), keys, earlier, {n: f.decode() for n, f in files.items()})
    if files[PROGRAM] != Path(__file__).read_bytes():
        report.add(None, "Programmet i utdraget är ett annat än det du kör nu.")
    if files[KEY_FILE].decode().strip() not in [key.text for key in keys]:
        report.add(None, "Nyckeln i utdraget är en annan än den du angav; den är inte använd.")


def check_package(report: Report, text: str, keys: Sequence[Key], earlier: Sequence[str], near: Any) -> None:
    """Check the sealed package, and that the texts to read beside it, by name, are those that were sealed."""
    check_bundle(report, text, next((key for key in keys if key.text in text), keys[0]), earlier)
    bundle = read_canonical(text)["bundle"]
    for name, sealed in ((TRAIL, bundle["readable"]), (README, bundle.get("read_me"))):
        if name in near and sealed is not None:
            wrong = f"{name} är ändrad: den är inte den text som kommunen förseglade."
            report.add(near[name] == sealed, f"{name} är den text som kommunen förseglade.", wrong)
        else:
            report.add(None, f"{name} är inte prövad: den är inte bredvid paketet eller inte förseglad.")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kontrollera ett ärendes spår eller ett brevs bevis.")
    parser.add_argument("files", type=Path, nargs="+", metavar="file", help="utdraget, brev, eller båda")
    parser.add_argument("--key", action="append", required=True, help="kommunens publika nyckel")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="sparad sedan tidigare")
    options = parser.parse_intermixed_args(arguments)
    report, what, wanted = Report(), options.key, "kommunens publika nyckel, eller en fil med den"
    try:
        keys, earlier = list[Key](), list[str]()
        for what in options.key:
            keys.append(read_key(Path(what).read_text("utf-8") if Path(what).is_file() else what))
        wanted = "en checkpoint eller ett brev, som det sparades"
        for what in options.checkpoint:
            earlier.append(old := what.read_text("utf-8"))
            read_checkpoint(read_letter(old)[3] if is_letter(old) else old)
        wanted = "utdraget som zip, dess paket.json eller ett brev, som det sparades"
        given = {(what := path): path.read_bytes() for path in options.files}
        texts = {path: raw.decode("utf-8", "replace") for path, raw in given.items()}
        exported = [path for path in given if texts[path][:1] == "{" or zipfile.is_zipfile(path)]
        letters = {path: text for path, text in texts.items() if path not in exported and is_letter(text)}
        exports = [path for path in given if path not in letters]
        for what in [] if exports else letters:
            check_letter(report, letters[what], key_of(read_letter(letters[what])[3], keys), earlier)
        for what in exports:
            if zipfile.is_zipfile(io.BytesIO(given[what])):
                check_zip(report, given[what], keys, [*earlier, *letters.values()])
            else:
                beside = filter(Path.is_file, map(what.with_name, (TRAIL, README)))
                near = {path.name: path.read_text("utf-8") for path in beside}
                check_package(report, given[what].decode(), keys, [*earlier, *letters.values()], near)
    except WrongError as error:
        report.add(False, "", str(error))
    except (OSError, zipfile.BadZipFile, *BROKEN) as error:
        why = next(words for kind, words in WHY if isinstance(error, kind)).format(error)
        print(visible(f"{what} går inte att läsa: {why}. Väntade {wanted}."), file=sys.stderr)
        return 2
    print(report)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
