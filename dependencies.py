"""What the project is made of, from the lock file: a bill of materials, and an audit that needs no network.

    python dependencies.py sbom     CycloneDX 1.6 as JSON, on standard output
    python dependencies.py check    every fault on a line of its own; exit code 1 where there is one

The audit cannot know what only others know: whether a version has a published vulnerability, or has been
withdrawn by its author. That takes a look in a register of such things, with the bill of materials.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent
LOCK, PROJECT = ROOT / "requirements.lock", ROOT / "pyproject.toml"

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.+!]+)(?: ; (.+))?")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
FREE = re.compile(
    r"\b(MIT|MIT-0|0BSD|BSD|BSD-[23]-Clause|Apache|Apache-2\.0|ISC|PSF|PSFL|PSF-2\.0|MPL|MPL-2\.0|Mozilla"
    r"|LGPL-3\.0-only|lGPLv3|Zlib|CC0-1\.0|EUPL-1\.2|Dual License)\b"
)
"""Words of the licences that the project takes in."""
SILENT = {"axe-playwright-python": "säger ingen licens; är med i proven och inte i tjänsten"}
"""Packages that do not say their licence, each with why it may be there all the same."""


@dataclass(frozen=True)
class Pin:
    """A package as the lock file has it. ``marker`` is for which machines, empty for all."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read_lock(text: str) -> Iterator[Pin | str]:
    """Every package of a lock file, and every line that is none, as a fault in words."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        words, *hashes = line.split(" --hash=")
        found = _PINNED.fullmatch(words.strip())
        if not line.strip() or line.startswith("#"):
            continue
        if found is None:
            yield f"{words.strip()[:80]}: låsfilen ska ha namn==version och inget annat"
        else:
            yield Pin(canonicalize_name(found[1]), found[2], found[3] or "", tuple(map(str.strip, hashes)))


def wanted(text: str) -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for: under ``service`` what the service needs, under ``dev`` the rest, what
    only some installations need too."""
    project = tomllib.loads(text)["project"]
    return {
        "service": [Requirement(each) for each in project["dependencies"]],
        "dev": [Requirement(each) for some in project["optional-dependencies"].values() for each in some],
    }


def licence(name: str) -> str | None:
    """The licence that an installed package says it has, empty for none; None where it is not installed."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    of_class = [each for each in said.get_all("Classifier") or () if each.startswith("License")]
    return said.get("License-Expression") or said.get("License") or "; ".join(of_class)


def faults(lock: str, project: str) -> Iterator[str]:
    """Everything that is wrong with the dependencies, in words."""
    found = list(read_lock(lock))
    yield from (each for each in found if isinstance(each, str))
    pins = {each.name: each for each in found if isinstance(each, Pin)}
    for pin in pins.values():
        if not pin.hashes or not all(map(_HASH.fullmatch, pin.hashes)):
            yield f"{pin.name}: saknar kontrollsumma (sha256) i låsfilen"
        yield from _faults_of_installed(pin)
    for each in (one for part in wanted(project).values() for one in part):
        known = pins.get(canonicalize_name(each.name))
        if known is None:
            yield f"{each.name}: står i pyproject.toml men inte i låsfilen. Kör make lock"
        elif not each.specifier.contains(known.version):
            yield f"{each.name}: låsfilen har {known.version}, pyproject.toml vill ha {each.specifier}"


def _faults_of_installed(pin: Pin) -> Iterator[str]:
    said = licence(pin.name)
    if said is None:
        return
    if (there := version(pin.name)) != pin.version:
        yield f"{pin.name}: {there} är installerad, låsfilen har {pin.version}"
    if not FREE.search(said) and pin.name not in SILENT:
        yield f"{pin.name}: licensen ”{said[:60]}” är inte en av dem som projektet tar emot"


def needed(names: list[str]) -> set[str]:
    """Some packages and all that they need in turn, as far as they are installed."""
    seen, waiting = set[str](), [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            asked = [Requirement(each) for each in metadata(name).get_all("Requires-Dist") or ()]
        except PackageNotFoundError:
            continue
        waiting += [canonicalize_name(each.name) for each in asked if _holds(each)]
    return seen


def _holds(asked: Requirement) -> bool:
    return asked.marker is None or asked.marker.evaluate({"extra": ""})


def sbom(lock: str, project: str) -> dict[str, object]:
    """The bill of materials, the same every time for the same lock file. What only developers need is
    ``optional``."""
    about = tomllib.loads(project)["project"]
    service = needed([each.name for each in wanted(project)["service"]]) | {"psycopg-binary"}
    pins = sorted((each for each in read_lock(lock) if isinstance(each, Pin)), key=lambda one: one.name)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": about["name"],
                "name": about["name"],
                "version": about["version"],
                "licenses": [{"license": {"id": about["license"]}}],
            }
        },
        "components": [_component(pin, pin.name in service) for pin in pins],
        "dependencies": [{"ref": about["name"], "dependsOn": [_ref(pin) for pin in pins]}],
    }


def _component(pin: Pin, required: bool) -> dict[str, object]:
    said = licence(pin.name)
    return {
        "type": "library",
        "bom-ref": _ref(pin),
        "name": pin.name,
        "version": pin.version,
        "scope": "required" if required else "optional",
        "purl": _ref(pin),
        **({"licenses": [{"license": {"name": said.splitlines()[0]}}]} if said else {}),
        "properties": [{"name": "lagrum:lock:hash", "value": each} for each in pin.hashes],
    }


def _ref(pin: Pin) -> str:
    return f"pkg:pypi/{pin.name}@{pin.version}"


def main(arguments: list[str]) -> int:
    """The command. Raises SystemExit for another."""
    lock, project = LOCK.read_text("utf-8"), PROJECT.read_text("utf-8")
    match arguments:
        case ["sbom"]:
            print(json.dumps(sbom(lock, project), ensure_ascii=False, indent=1))
            return 0
        case ["check"]:
            found = list(faults(lock, project))
            print(*found, sep="\n", end="\n" if found else "")
            return 1 if found else 0
    raise SystemExit("Skriv sbom eller check.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
