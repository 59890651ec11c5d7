"""``lagrum audit``: check a whole log, show or export a case, and assess logged cases again."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from audit import (
    EntryKind,
    FileKeyStore,
    bundle,
    canonical,
    document,
    reading,
    replay,
    tables,
    trail,
    verify_database,
    witness,
)
from audit.canonical import Json
from audit.database import read_only
from audit.errors import VaultError
from audit.replay import ReplayDifference
from audit.trail import OpenedEntry
from audit.verify import (
    BROKEN,
    BUNDLE,
    Report,
    WrongError,
    is_letter,
    read_canonical,
    read_checkpoint,
    read_key,
    read_letter,
)
from decision_service.application.case_file import CaseFile
from decision_service.casework.checking import add_tables, letters_in
from decision_service.decision.decide import assess, law_of
from decision_service.decision.document import Assessment
from decision_service.decision.facts.declared import unfit
from decision_service.log import releases, vouched
from decision_service.log.database import municipality, open_for_reading
from decision_service.log.trail_words import words
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.fault import fault, shown
from norms.finding import FindingsError
from rules.book import Rulebook

_say = said_in(__file__)


def run(options: argparse.Namespace) -> int:
    """Check, show, export or assess again. 0: all well; 1: something does not hold."""
    return {"verify": _verify, "show": _show, "export": _export, "replay": _replay}[options.action](options)


# --- verify


def _verify(options: argparse.Namespace) -> int:
    given = [_public_key(one) for one in options.key]
    if len(pinned := dict(given)) < len(given):
        raise InputError([fault("two_keys_of_one", "--key")])
    outside = list(_outside(options.outside or []))
    vault = key_folder(options.vault) if options.vault else None
    engine = open_for_reading(options.database, vault)
    try:
        processes = os.cpu_count() or 1
        report = verify_database(
            engine,
            pinned,
            outside,
            vault,
            processes=processes,
            source=vouched.source,
            sent=letters_in(engine),
            live=None if options.backup else datetime.now(UTC),
        )
        add_tables(report, engine, live=not options.backup)
    except DBAPIError as error:
        report = Report()
        report.add(False, "", _say("unreadable_database", fel=error.orig))
    if options.json:
        checks = [{"state": state, "text": text} for state, text in report]
        print(json.dumps({"ok": report.ok, "checks": checks}, ensure_ascii=False, indent=2))
    else:
        print(report)
    return 0 if report.ok else 1


def _public_key(given: str) -> tuple[str, str]:
    """A municipality and its public key, from the key's text or a file with it."""
    text = _text(Path(given)).strip() if "+" not in given or Path(given).is_file() else given
    try:
        return read_key(text).name[:4], text
    except BROKEN as error:
        raise InputError([fault("no_public_key", "--key", found=given)]) from error


def _outside(places: Iterable[str]) -> Iterator[str]:
    """What others have kept: folders of checkpoints, single checkpoints, letters."""
    for place in map(Path, places):
        found = witness.collected(place) if place.is_dir() else [_text(place)]
        if not found:
            raise InputError([fault("no_checkpoints", "--outside", folder=str(place))])
        for text in found:
            try:
                read_checkpoint(read_letter(text)[3] if is_letter(text) else text)
            except BROKEN as error:
                raise InputError([fault("kept_outside_unreadable", "--outside", file=str(place))]) from error
        yield from found


# --- show, export


def _show(options: argparse.Namespace) -> int:
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    with read_only(engine) as connection:
        if options.case is None:
            print("\n".join(_cases(connection, tenant)))
            return 0
        entries = _case(connection, keys, tenant, options.case, options.withhold)
        print(reading.render(entries, words(releases.KeptFiles(engine))), end="")
    return 0


def _cases(connection: Connection, tenant: str) -> Iterator[str]:
    """The cases of a municipality, the oldest first, with what happened last."""
    entry = tables.entry.c
    query = (
        select(entry.case_id, func.count(), func.max(entry.seq))
        .where(entry.tenant == tenant, entry.case_id.is_not(None))
        .group_by(entry.case_id)
        .order_by(func.min(entry.seq))
    )
    for case, count, last in connection.execute(query).all():
        body = select(entry.body).where(entry.tenant == tenant, entry.seq == last)
        leaf = connection.execute(body).scalar_one()
        (event,) = reading.timeline([OpenedEntry(last, leaf, json.loads(leaf))])
        yield _say("case_in_log", ärende=case, antal=count, tid=event.time, vad=event.why)


def _export(options: argparse.Namespace) -> int:
    target = Path(options.output)
    if target.exists():
        raise InputError([fault("output_there", "--output", file=str(target))])
    keys = key_folder(options.keys)
    earlier = [_text(Path(name)) for name in options.earlier]
    engine = open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    with read_only(engine) as connection:
        entries = _case(connection, keys, tenant, options.case, options.withhold)
        used = {one.entry["release"] for one in entries if "release" in one.entry}
        kept = releases.KeptFiles(engine)
        files = {release: kept[release] for release in sorted(used & set(kept))}
        content = bundle.export(
            connection, keys, tenant, options.case, files, earlier, options.withhold, words(files)
        )
    with target.open("xb") as file:
        file.write(content)
    print(_say("exported", fil=target, antal=len(entries), kb=len(content) // 1024 + 1))
    for release in sorted(used - set(files)):
        print(_say("files_not_in_database", version=release))
    return 0


def _case(
    connection: Connection, keys: FileKeyStore, tenant: str, case: str, withhold: Collection[str] = ()
) -> list[OpenedEntry]:
    entries = trail.read_case(connection, keys, tenant, case, withhold)
    if not entries:
        raise InputError([fault("case_not_in_log", case=case, tenant=tenant)])
    return entries


# --- replay


def _replay(options: argparse.Namespace) -> int:
    if options.case and Path(options.case).is_file():
        entries, files = _bundle(Path(options.case))
        print(_say("package_not_checked"))
        return _again([entries], files)
    if bool(options.case) == options.all:
        raise InputError([fault("nothing_to_replay")])
    if not options.database or not options.keys:
        raise InputError([fault("database_and_keys")])
    keys = key_folder(options.keys)
    engine = open_for_reading(options.database)
    tenant = municipality(engine, options.tenant)
    with read_only(engine) as connection:
        cases = [options.case] if options.case else _assessed(connection, tenant)
        trails = (_case(connection, keys, tenant, case) for case in cases)
        return _again(trails, releases.KeptFiles(engine))


def _assessed(connection: Connection, tenant: str) -> list[str]:
    entry = tables.entry.c
    query = (
        select(entry.case_id)
        .where(entry.tenant == tenant, entry.type == EntryKind.ASSESSMENT.value)
        .distinct()
    )
    return sorted(connection.scalars(query))


class _UnfitError(Exception):
    """The program lacks what a release names."""


def _again(trails: Iterable[list[OpenedEntry]], files: Mapping[str, Mapping[str, str]]) -> int:
    """Make every assessment of the trails again and say where the first difference is."""
    books: dict[str, Rulebook] = {}
    unfits: dict[str, str | None] = {}

    def evaluate(one: OpenedEntry, release: str, inputs: Any) -> dict[str, Any]:
        if release not in books:
            books[release] = releases.book_from(files[release], release)
            unfits[release] = unfit(books[release])
        if (why := unfits[release]) is not None:
            raise _UnfitError(_say("run_with_another", varför=why))
        return as_logged_then(document.join(one.personal), assess_again(books[release], inputs))

    same = different = closed = 0
    for entries in trails:
        for one in entries:
            if one.entry["type"] != EntryKind.ASSESSMENT:
                continue
            name = _say("assessment", ärende=one.entry["case"], nummer=one.entry["body"].get("number", ""))
            try:
                found = replay.replay(one, partial(evaluate, one))
            except (VaultError, _UnfitError) as error:
                closed += 1
                print(f"OBS  {name}: {error}")
                continue
            except FindingsError as error:
                found = ReplayDifference("regelversionen", one.entry["release"], str(error))
            if found is None:
                same += 1
                print(_say("assessed_the_same", prövning=name))
            else:
                different += 1
                print(f"FEL  {name}: {found}")
    print(_say("assessed_again", alla=same + different, lika=same, olika=different, stängda=closed))
    return 1 if different else 0


def assess_again(book: Rulebook, inputs: Any) -> Assessment:
    """The assessment that a release gives for the logged inputs of an assessment."""
    case = CaseFile.model_validate(inputs)
    return assess(case, law_of(case, book)).document


def as_logged_then(logged: Mapping[str, Json], found: Assessment) -> dict[str, Json]:
    """An assessment in the form of an earlier program's, with the receipt of what it says so."""
    whole = found.model_dump(mode="json")
    said = cast("dict[str, Json]", _as_then(logged, found, whole))
    if said != whole:
        signed = canonical.any_name({name: part for name, part in said.items() if name != "receipt"})
        said["receipt"] = hashlib.sha256(signed).hexdigest()
    return said


def _as_then(logged: Any, part: Any, said: Any) -> Any:
    """What a part of a document says, without the members that the logged part has not, all of which have a
    default: they came later. A document says every member that it has."""
    if isinstance(part, BaseModel) and isinstance(logged, dict):
        later = {name for name, each in type(part).model_fields.items() if not each.is_required()}
        return {
            name: _as_then(logged.get(name), getattr(part, name, None), each)
            for name, each in said.items()
            if name in logged or name not in later
        }
    if isinstance(part, tuple) and isinstance(logged, list):
        rest = [None] * (len(part) - len(logged))
        return [_as_then(*each) for each in zip([*logged, *rest], part, said, strict=False)]
    return said


def _bundle(path: Path) -> tuple[list[OpenedEntry], Mapping[str, Mapping[str, str]]]:
    """The entries of an exported case and the rule releases that came along."""
    content = path.read_bytes()
    try:
        if zipfile.is_zipfile(path):
            content = zipfile.ZipFile(io.BytesIO(content)).read("paket.json")
        packed = read_canonical(content.decode())["bundle"]
        if packed["format"] != BUNDLE:
            raise InputError(
                [fault("package_format", file=str(path), found=shown(packed["format"]), wanted=BUNDLE)]
            )
        entries, files = [], {}
        for item in packed["entries"]:
            entry = json.loads(item["leaf"])
            personal = {name: value for name, (_, value) in item["opened"].items()}
            entries.append(OpenedEntry(item["seq"], item["leaf"].encode(), entry, personal))
            if "files" in item:
                files[entry["body"]["release"]] = item["files"]
    except (*BROKEN, WrongError, zipfile.BadZipFile) as error:
        raise InputError([fault("no_package", file=str(path), why=str(error))]) from error
    return entries, files


# --- files


def key_folder(name: str) -> FileKeyStore:
    """The keys in a folder that is there. Raises InputError."""
    if not Path(name).is_dir():
        raise InputError([fault("no_key_folder", folder=name)])
    return FileKeyStore(Path(name))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([fault("file_not_text", file=str(path))]) from error
