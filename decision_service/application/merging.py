"""What an applicant sends later, merged into what was sent before.

People are known by their ids, adults by role, children by whom they are, other rows by their place, and so
are those of whom that is not said. Nobody and nothing falls away unless it is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from decision_service.application.kept import ContentJson
from decision_service.reading.strict_json import InputError, Opaque
from norms.fault import Fault, Path, fault

_KEYS: Mapping[str, str] = {"people": "id", "persons": "role", "children": "partyId"}
"""The field by which the rows of a list are known again."""
_REMOVED = re.compile(r"/application/(\w+)/(\d+)")


def merged(content: ContentJson, patch: Mapping[str, Opaque], removed: list[str]) -> ContentJson:
    """The content with a merge patch (RFC 7396) applied, whose lists are merged row by row. ``removed`` are
    pointers to rows of the application that the applicant takes back; never those of a person of the case.

    Raises InputError where the patch would remove somebody or something that is not said to be removed.
    """
    faults: list[Fault] = []
    without = _without(content, removed, faults)
    found: ContentJson = _merged(without, patch, (), faults)
    if faults:
        raise InputError(faults)
    return found


def _without(content: Any, removed: list[str], faults: list[Fault]) -> Any:
    gone: dict[str, set[int]] = {}
    people = {one["id"] for one in content["people"]}
    for at, pointer in enumerate(removed):
        place = _REMOVED.fullmatch(pointer)
        rows = content["application"].get(place[1]) if place is not None else None
        if (
            place is None
            or not isinstance(rows, list)
            or int(place[2]) >= len(rows)
            or place[1] == "persons"
            or rows[int(place[2])].get("partyId") in people
        ):
            faults.append(fault("nothing_to_remove", "removed", at, found=pointer))
        else:
            gone.setdefault(place[1], set()).add(int(place[2]))
    form = {
        name: [row for at, row in enumerate(value) if at not in gone[name]] if name in gone else value
        for name, value in content["application"].items()
    }
    return {**content, "application": form}


def _merged(target: Any, patch: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(patch, list) and isinstance(target, list):
        return _rows(target, patch, path, faults)
    if not isinstance(patch, dict):
        if target and isinstance(target, list | dict):
            faults.append(fault("patch_removes", *path, count=len(target)))
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        inner = _merged(found.get(name), value, (*path, name), faults)
        if inner is None:
            found.pop(name, None)
        else:
            found[name] = inner
    return found


def _rows(target: list[Any], patch: list[Any], path: Path, faults: list[Fault]) -> list[Any]:
    key = _KEYS.get(str(path[-1]) if path else "")
    if key is None or not all(isinstance(row, dict) for row in (*target, *patch)):
        if len(patch) < len(target):
            faults.append(fault("patch_removes", *path, count=len(target) - len(patch)))
        pairs = [(row, target[at] if at < len(target) else None) for at, row in enumerate(patch)]
        return [_merged(old, row, (*path, at), faults) for at, (row, old) in enumerate(pairs)]
    found, places = list(target), _places(target, key)
    given: set[tuple[Any, int]] = set()
    for at, (row, known_by) in enumerate(zip(patch, _places(patch, key), strict=True)):
        if known_by[0] is not None:
            known_by = (known_by[0], 0)
            if known_by in given:
                faults.append(fault("id_twice", *path, at, found=known_by[0]))
        given.add(known_by)
        if known_by in places:
            place = places.index(known_by)
            found[place] = _merged(found[place], row, (*path, at), faults)
        else:
            found.append(_merged(None, row, (*path, at), faults))
    return found


def _places(rows: list[Any], key: str) -> list[tuple[Any, int]]:
    """What each row is known by, and which it is of those that are known by the same."""
    keys = [row.get(key) for row in rows]
    return [(each, keys[:at].count(each)) for at, each in enumerate(keys)]
