"""A folder of rules and amounts as a zip: taken in whole or not at all, and given out as a release is."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from typing import NoReturn

from decision_service.lawmaking.content import Content, Files, may_be_named
from decision_service.reading.strict_json import InputError
from norms.fault import fault, shown

LARGEST, MOST = 20_000_000, 2_000
"""Bytes of all files when they are unpacked, and how many there may be."""
_TABLES = "norms/tables/"
_HOUSES = ("rules/", "norms/")
_WORDS = ("rules/vocabulary.yaml", "rules/lagar.yaml")
_DATE = (2000, 1, 1, 0, 0, 0)


def unpacked(content: bytes) -> Files:
    """The files of a folder. It has ``rules`` and ``norms`` at its top, or in the only folder at its top; a
    copy of the project has ``norms/tables``. What is hidden, and program files, are left out.

    Raises InputError: what is no zip, too large, lies outside the folder, is a link or a stranger in it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if len(members) > MOST:
                _refuse("folder_too_many_files", limit=MOST)
            if sum(each.file_size for each in members) > LARGEST:
                _refuse("folder_too_large", limit=LARGEST)
            for each in members:
                _require_inside(each)
            top = _top([each.filename for each in members])
            return _read(archive, members, top)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError([fault("not_a_folder")]) from error


def _require_inside(member: zipfile.ZipInfo) -> None:
    """A path that stays in the folder, and a plain file. Raises InputError."""
    name = member.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\\" in name:
        _refuse("outside_folder", found=shown(name))
    if stat.S_ISLNK(member.external_attr >> 16):
        _refuse("link_in_folder", found=shown(name))


def _top(names: list[str]) -> str:
    """What stands before ``rules/`` and ``norms/`` in the names."""
    if any(name.startswith(_HOUSES) for name in names):
        return ""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) == 1 and any(name.partition("/")[2].startswith(_HOUSES) for name in names):
        return f"{tops.pop()}/"
    raise InputError([fault("not_a_folder")])


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], top: str) -> Files:
    found: dict[str, str] = {}
    left = LARGEST
    for name, member in _chosen(members, top):
        if name in found:
            _refuse("twice_in_folder", found=shown(name))
        with archive.open(member) as file:
            content = file.read(left + 1)  # what the zip says of its sizes is not to be believed
        left -= len(content)
        if left < 0:
            _refuse("folder_too_large", limit=LARGEST)
        try:
            found[name] = content.decode("utf-8")
        except UnicodeDecodeError:
            _refuse("not_utf8_in_folder", found=shown(name))
    return found


def _chosen(members: list[zipfile.ZipInfo], top: str) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files of the folder that are law or cases, by the name that a draft has for them. Raises
    InputError for what is neither, where the law lies."""
    names = [(unicodedata.normalize("NFC", each.filename.removeprefix(top)), each) for each in members]
    tables = _TABLES if any(name.startswith(_TABLES) for name, _ in names) else "norms/"
    for name, member in names:
        if any(part.startswith((".", "__")) for part in name.split("/")):
            continue
        if name.startswith(tables):
            name = f"norms/{name.removeprefix(tables)}"
        elif not name.startswith("rules/sets/") and name not in _WORDS:
            continue
        if not may_be_named(name):
            _refuse("stranger_in_folder", found=shown(name))
        yield name, member


def taken_in(files: Files, now: Content) -> dict[str, str | None]:
    """What a folder changes in a draft. What it lacks is taken away; one without rules, amounts or cases
    leaves those as they are."""
    found = Content({}, {}).changed(files)
    parts = [
        (_chosen_of(found.law, "rules/"), _chosen_of(now.law, "rules/")),
        (_chosen_of(found.law, "norms/"), _chosen_of(now.law, "norms/")),
        (found.cases, now.cases),
    ]
    changes: dict[str, str | None] = {}
    for given, there in parts:
        if given:
            changes |= {**dict.fromkeys(there), **given}
    return changes


def _chosen_of(files: Files, folder: str) -> Files:
    return {name: text for name, text in files.items() if name.startswith(folder)}


def packed(files: Mapping[str, str]) -> bytes:
    """The files as a zip, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _refuse(code: str, **values: str | int) -> NoReturn:
    raise InputError([fault(code, **values)])
