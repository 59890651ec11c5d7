"""Export a case: one file that a court can keep and a stranger can check.

A zip with the readable trail, ``paket.json`` (machine-readable trail, proofs, rule release), the public key
and the standalone verifier. ``paket.json`` is RFC 8785 and sealed with the log's key as a whole.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from audit import proof, reading, tables, trail
from audit.canonical import Json
from audit.entry import EntryKind
from audit.errors import BundleError
from audit.keys import KeyStore
from audit.trail import OpenedEntry
from audit.verify import (
    BUNDLE,
    canonical,
    digest,
    is_letter,
    key_at,
    key_history,
    read_checkpoint,
    read_letter,
    statement,
)

VERIFIER = Path(__file__).with_name("verify.py")

_README = """\
DETTA ÄR ETT ÄRENDES SPÅR UR KOMMUNENS GRANSKNINGSLOGG

spår.txt     spåret i klartext
paket.json   samma spår för kontroll: poster, bevis och de regler som användes
nyckel.txt   loggens publika nyckel så som kommunen anger den
verify.py    programmet som kontrollerar (Python 3.11 och paketet cryptography)

Kontrollera så här:

    python verify.py UTDRAGET.zip BREV --key NYCKEL

eller, när zip-filen är uppackad, med paket.json i stället för zip-filen och textfilerna bredvid.

NYCKEL ska du ha fått på annat sätt än i den här filen, till exempel från kommunens webbplats eller ett
beslutsbrev. BREV är beslutsbrevet som du eller någon annan har sparat det; varje ord jämförs med det som
loggades. En sparad checkpoint ges med --checkpoint. Utan något av dem går det inte att se om hela
loggen har bytts ut. Hämta helst också verify.py från annat håll.
"""


def fingerprints(files: Mapping[str, str]) -> dict[str, Json]:
    """SHA-256 of each file of a rule release.

    A ``release_published`` entry's body is ``{"release": <id>, "files": fingerprints(files)}``.
    """
    return {name: digest(text) for name, text in files.items()}


def export(
    connection: Connection,
    keys: KeyStore,
    tenant: str,
    case: str,
    releases: Mapping[str, Mapping[str, str]] | None = None,
    earlier: Iterable[str] = (),
    withhold: Collection[str] = (),
    words: reading.TrailWords | None = None,
) -> bytes:
    """The zip file of a case, proven against the newest checkpoint.

    ``releases``: for each release id that the case used, its files as published (name, text). ``earlier``:
    checkpoints and letters that the receiver holds, to prove that the log only grew since. ``withhold``:
    personal fields to leave closed. ``words``: for the readable trail. Raises BundleError, and
    what opening the vault raises.
    """
    entries = trail.read_case(connection, keys, tenant, case, withhold)
    if not entries:
        raise BundleError(f"Ärende {case} finns inte i loggen för kommun {tenant}.")
    known = {name for one in entries for name in one.entry.get("personal", {})}
    if unknown := sorted(set(withhold) - known):
        raise BundleError(
            f"Ärendet har ingen uppgift som heter {', '.join(unknown)}. Ingenting är lämnat ut. "
            f"Uppgifterna heter: {', '.join(sorted(known))}."
        )
    origin, size, note = _newest(connection, tenant, entries[-1].seq)
    log_wide = [one for one in trail.read_leaves(connection, tenant, None) if one.seq < size]
    shipped = _published(log_wide, releases or {})
    sizes = {_size(text) for text in earlier}
    if sizes and max(sizes) > size:
        raise BundleError(
            f"Loggen har {size} poster i sin senaste checkpoint, men en som angavs har {max(sizes)}. "
            "Loggen är avkortad, eller så är det en annan logg. Kör lagrum audit verify."
        )
    sizes |= {_covering(connection, tenant, one.seq) for one in entries}
    chosen = [one for one in log_wide if one.entry["type"] not in _OF_LAW or one.seq in shipped]
    bundle: dict[str, Any] = {
        "format": BUNDLE,
        "case": case,
        "checkpoint": note,
        "entries": [
            {
                "seq": one.seq,
                "leaf": one.leaf.decode(),
                "path": _texts(proof.inclusion(connection, tenant, one.seq, size)),
                "opened": {
                    name: [_base64(one.openings[name]), value] for name, value in one.personal.items()
                },
                **({"files": dict(shipped[one.seq])} if one.seq in shipped else {}),
            }
            for one in sorted([*chosen, *entries], key=lambda one: one.seq)
        ],
        "earlier": [
            {"size": one, "path": _texts(proof.consistency(connection, tenant, one, size))}
            for one in sorted(sizes)
        ],
        "readable": reading.render(entries, words),
        "read_me": _README,
    }
    public = key_at(key_history([(one.seq, one.entry) for one in chosen], origin), size)
    key = keys.signing_key(tenant, public.id.hex())
    seal = key.sign(statement(origin, "bundle", digest(canonical(bundle))))
    return _zip(
        {
            "LÄS-MIG.txt": bundle["read_me"],
            "spår.txt": bundle["readable"],
            "paket.json": canonical({"bundle": bundle, "seal": seal}),
            "nyckel.txt": f"{public.text}\n",
            "verify.py": VERIFIER.read_text("utf-8"),
        }
    )


def _newest(connection: Connection, tenant: str, seq: int) -> tuple[str, int, str]:
    table = tables.checkpoint.c
    query = select(table.note).where(table.tenant == tenant).order_by(table.size.desc()).limit(1)
    note = connection.execute(query).scalar()
    if note is None or read_checkpoint(note)[1] <= seq:
        raise BundleError(
            f"Ingen checkpoint täcker ärendets sista post ({seq}). Skapa en med Log.checkpoint först."
        )
    origin, size, _ = read_checkpoint(note)
    return origin, size, note


def _covering(connection: Connection, tenant: str, seq: int) -> int:
    """Size of the first checkpoint after an entry: the one on its letter."""
    table = tables.checkpoint.c
    query = select(func.min(table.size)).where(table.tenant == tenant, table.size > seq)
    return int(connection.execute(query).scalar_one())


_OF_LAW = (EntryKind.DRAFT_APPROVED, EntryKind.RELEASE_PUBLISHED)
"""Entries about the log itself that a case needs none of but its own releases'."""


def _published(
    log_wide: Iterable[OpenedEntry], releases: Mapping[str, Mapping[str, str]]
) -> dict[int, Mapping[str, str]]:
    """The files of each release, by the entry that published exactly them."""
    shipped = {}
    for release, files in releases.items():
        body = {"release": release, "files": fingerprints(files)}
        found = [one.seq for one in log_wide if {**one.entry["body"], **body} == one.entry["body"]]
        if not found:
            raise BundleError(
                f"Regelversion {release} har inte publicerats i loggen med just de här filerna."
            )
        shipped[found[0]] = files
    return shipped


def _size(text: str) -> int:
    return read_checkpoint(read_letter(text)[3] if is_letter(text) else text)[1]


def _texts(hashes: Iterable[bytes]) -> list[str]:
    return [_base64(one) for one in hashes]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _zip(files: Mapping[str, str]) -> bytes:
    """The same files give the same bytes: no clock in them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()
