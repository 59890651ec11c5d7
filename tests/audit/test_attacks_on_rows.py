"""Every way to write a row of the log otherwise, one after another, and who catches each.

Entries are rewritten with every hash made anew, the vault left as it is, and the checkpoints removed: only
what the service alone can write is left to tell. The other rows are changed where they stand.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from audit import EntryKind, FileKeyStore, Log, merkle, tables, vault
from audit.packed import pack
from audit.verify import leaf_hash
from tests.audit.attacks import DATABASE, KEYS, OUTSIDE, Attack, mark, plain, rows, verify
from tests.audit.world import MACHINE, RELEASE, WORKER, World, unguard

NOTHING = "av inget, och inget är ändrat"
TABLES = (tables.head, tables.entry, tables.checkpoint, tables.case, tables.vault)


def lived(world: World) -> None:
    """A case that the machine decided and a person after it, with a letter and a reading; another case."""
    world.publish()
    world.decide()
    decided = {"kind": EntryKind.DECISION, "purpose": "beslut i ansökan", "release": RELEASE}
    world.append(**decided, decision="d-1", body={"version": 1}, personal={"granted": 837950, "namn": "Åsa"})
    world.append(kind=EntryKind.LETTER, purpose="beslutsbrev", personal={"text": "Hej Åsa!"})
    world.append(**decided, decision="d-2", actor=WORKER, body={"version": 1}, personal={"granted": 1})
    world.append(kind=EntryKind.ACCESS)
    world.checkpoint()
    with world.engine.begin() as connection:
        world.log.change_wrapping_key(connection, "1287", world.now, MACHINE)
    world.append("1384", case="c-1", personal={"lön": 1})
    world.append(case="c-2", personal={"lön": 1})
    world.checkpoint()
    world.checkpoint("1384")


# --- entries, with every hash made anew


def again(connection: Connection, leaves: list[bytes]) -> None:
    """The log with these leaves, and all that follows from them; what is sealed in the vault is kept."""
    writer = json.loads(leaves[0])["body"]["writer_key"]
    entry, frontier = tables.entry.c, b""
    kept = dict(connection.execute(select(entry.seq, entry.mark).where(entry.tenant == "1287")).all())
    old = rows(connection)
    connection.execute(tables.entry.delete().where(entry.tenant == "1287"))
    connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
    counts: dict[str, int] = {}
    for seq, leaf in enumerate(leaves):
        hashes, frontier = merkle.append(seq, frontier, leaf_hash(leaf))
        item = json.loads(leaf)
        counts[item.get("case")] = counts.get(item.get("case"), 0) + 1
        same = seq < len(old) and old[seq] == leaf
        made = kept[seq] if same else mark(leaf, seq, writer)
        connection.execute(
            tables.entry.insert().values(
                tenant="1287",
                seq=seq,
                type=item["type"],
                case_id=item.get("case"),
                hashes=hashes,
                body=leaf,
                mark=made,
            )
        )
    for case, entries in counts.items():
        of_case = (tables.case.c.tenant == "1287") & (tables.case.c.case_id == case)
        connection.execute(update(tables.case).where(of_case).values(entries=entries))
    head = {"size": len(leaves), "time": json.loads(leaves[-1])["time"], "frontier": frontier}
    connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(**head))


def place(leaves: list[bytes], kind: str, *, by: str = "") -> int:
    """Where the last entry of a kind stands; ``by`` a kind of actor."""
    found = [
        at
        for at, leaf in enumerate(map(json.loads, leaves))
        if leaf["type"] == kind and leaf["actor"]["kind"].startswith(by)
    ]
    return found[-1]


def rewritten(change: Callable[[bytes], bytes], kind: str = "decision", by: str = "") -> Attack:
    """One entry in other words."""

    def attack(world: World, connection: Connection) -> None:
        leaves = rows(connection)
        at = place(leaves, kind, by=by)
        before, leaves[at] = leaves[at], change(leaves[at])
        assert before != leaves[at]
        again(connection, leaves)

    return attack


def reread(change: Callable[[dict[str, Any]], Any], kind: str = "decision", by: str = "") -> Attack:
    """One entry with another meaning, written as entries are."""

    def words(leaf: bytes) -> bytes:
        item = json.loads(leaf)
        change(item)
        return plain(item)

    return rewritten(words, kind, by)


def removed(kind: str) -> Attack:
    """An entry taken away, and the later ones of the case numbered anew."""

    def attack(world: World, connection: Connection) -> None:
        leaves = rows(connection)
        gone = json.loads(leaves.pop(place(leaves, kind)))
        sealed = tables.vault.c
        for at, leaf in enumerate(leaves):
            item = json.loads(leaf)
            if item.get("case") == gone["case"] and item["number"] > gone["number"]:
                leaves[at] = plain({**item, "number": item["number"] - 1})
        again(connection, leaves)
        held = [seq for seq, leaf in enumerate(leaves) if b'"personal"' in leaf]
        found = connection.execute(
            select(sealed.seq, sealed.ciphertext).where(sealed.tenant == "1287").order_by(sealed.seq)
        ).all()
        connection.execute(tables.vault.delete().where(sealed.tenant == "1287"))
        for seq, (_, ciphertext) in zip(held, found, strict=False):
            connection.execute(tables.vault.insert().values(tenant="1287", seq=seq, ciphertext=ciphertext))

    return attack


def text_of(change: Callable[[str], str]) -> Attack:
    return rewritten(lambda leaf: change(leaf.decode()).encode())


# --- other rows, where they stand


def cell(table: Table, column: str, change: Callable[[Any], Any], tenant: str = "1287") -> Attack:
    """One value of the table's last row."""

    def attack(world: World, connection: Connection) -> None:
        keys = list(table.primary_key)
        where = (table.c.tenant == tenant) & table.c[column].is_not(None)
        query = select(*keys, table.c[column].label("said")).where(where).order_by(*keys)
        row = connection.execute(query).mappings().all()[-1]
        this = [key == row[key.name] for key in keys]
        connection.execute(update(table).where(*this).values({column: change(row["said"])}))

    return attack


def bit(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def swapped(table: Table, column: str) -> Attack:
    """The first and the last value of a column of bytes change places."""

    def attack(world: World, connection: Connection) -> None:
        keys, value = list(table.primary_key), table.c[column]
        query = select(*keys, value.label("said")).where(table.c.tenant == "1287", value.is_not(None))
        found = connection.execute(query.order_by(*keys)).mappings().all()
        for row, other in ((found[0], found[-1]), (found[-1], found[0])):
            this = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*this).values({column: other["said"]}))

    return attack


def vault_row_removed(world: World, connection: Connection) -> None:
    last = connection.scalar(select(func.max(tables.vault.c.seq)).where(tables.vault.c.tenant == "1287"))
    connection.execute(
        tables.vault.delete().where(tables.vault.c.tenant == "1287", tables.vault.c.seq == last)
    )


def vault_row_added(world: World, connection: Connection) -> None:
    connection.execute(tables.vault.insert().values(tenant="1287", seq=0, ciphertext=b"x" * 60))


def sealed_again(world: World, connection: Connection) -> None:
    """Another value in the vault, encrypted as the service would have: the commitment is another's."""
    entry, sealed = tables.entry.c, tables.vault.c
    seq = place(rows(connection), "letter")
    leaf = connection.scalar(select(entry.body).where(entry.tenant == "1287", entry.seq == seq))
    row = connection.execute(
        select(tables.case).where(tables.case.c.tenant == "1287", tables.case.c.case_id == "c-1")
    ).one()
    key = vault.unwrap(world.keys, "1287", "c-1", row.wrapping_key, row.wrapped)
    made = vault.commit({"text": "Hej någon annan!"})
    ciphertext = vault.encrypt(key, pack(made.plaintext), vault.entry_place("1287", "c-1", leaf_hash(leaf)))
    connection.execute(
        update(tables.vault).where(sealed.tenant == "1287", sealed.seq == seq).values(ciphertext=ciphertext)
    )


def checkpoint_of_the_other(world: World, connection: Connection) -> None:
    note = connection.scalar(select(tables.checkpoint.c.note).where(tables.checkpoint.c.tenant == "1384"))
    cell(tables.checkpoint, "note", lambda _: note)(world, connection)


def checkpoint_replayed(world: World, connection: Connection) -> None:
    """An older one where the newest stood."""
    query = select(tables.checkpoint.c.note).where(tables.checkpoint.c.tenant == "1287")
    oldest = connection.scalar(query.order_by(tables.checkpoint.c.size))
    cell(tables.checkpoint, "note", lambda _: oldest)(world, connection)


def key_change_removed(world: World, connection: Connection) -> None:
    leaves = rows(connection)
    leaves.pop(place(leaves, "key_changed"))
    again(connection, leaves)


def municipality_made_up(world: World, connection: Connection) -> None:
    """Another's log beside ours: nobody has said which key it should have."""
    Log(FileKeyStore(world.folder / "made up"), "lagrum").create(
        connection, "1385", "lagrum.example", world.now
    )


def false_line(note: str) -> str:
    """A witness's signature that nobody has asked for, and that is false."""
    return f"{note}— vittne.example {'A' * 96}\n"


def extra_line(note: str) -> str:
    return note.replace("\n\n", "\nen rad till\n\n", 1)


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

ATTACKS: dict[str, tuple[Attack, str]] = {
    # a form that no entry has
    "en nyckel två gånger": (text_of(lambda t: t.replace('"case":', '"case":"x","case":', 1)), DATABASE),
    "ett mellanslag": (text_of(lambda t: t.replace(":", ": ", 1)), DATABASE),
    "utskriven bokstav": (text_of(lambda t: t.replace("ö", "\\u00f6", 1)), DATABASE),
    "annan ordning": (
        rewritten(lambda leaf: json.dumps(dict(reversed(json.loads(leaf).items()))).encode()),
        DATABASE,
    ),
    "decimaltal": (text_of(lambda t: t.replace('"number":', '"number":1.0,"x":', 1)), DATABASE),
    "tal som ja": (text_of(lambda t: t.replace('"version":1', '"version":true')), KEYS),
    "delad bokstav": (text_of(lambda t: unicodedata.normalize("NFD", t)), KEYS),
    "liknande bokstav": (text_of(lambda t: t.replace("beslut", "bеslut")), KEYS),
    "tid med breda siffror": (reread(lambda e: e.update(time=e["time"].translate(WIDE))), DATABASE),
    # another meaning
    "någon annan beslutade": (reread(lambda e: e["actor"].update(id="h-99")), KEYS),
    "en persons beslut, det personliga kvar": (
        reread(lambda e: e["body"].update(version=2), by="person"),
        KEYS,
    ),
    "maskinens prövning, det personliga kvar": (
        reread(lambda e: e["body"].update(outcome="AVSLAG"), "assessment"),
        KEYS,
    ),
    "en persons beslut, utan det personliga": (reread(lambda e: e.pop("personal"), by="person"), DATABASE),
    "en läsning borttagen": (removed("access"), KEYS),
    "ett brev borttaget": (removed("letter"), KEYS),
    "bytet av valvnyckel borttaget": (key_change_removed, DATABASE),
    # rows of entries
    "en byte noll efter": (cell(tables.entry, "body", lambda raw: raw + b"\0"), DATABASE),
    "en byte till bland hasharna": (cell(tables.entry, "hashes", lambda raw: raw + b"\0"), DATABASE),
    "en bit i en hash": (cell(tables.entry, "hashes", bit), DATABASE),
    "slaget": (cell(tables.entry, "type", lambda _: "access"), DATABASE),
    "tjänstens märke": (cell(tables.entry, "mark", bit), KEYS),
    # the vault and the keys of cases
    "en rad i valvet borttagen": (vault_row_removed, DATABASE),
    "en rad i valvet till": (vault_row_added, DATABASE),
    "en bit i en låst nyckel": (cell(tables.case, "wrapped", bit), KEYS),
    "två låsta nycklar byter plats": (swapped(tables.case, "wrapped"), KEYS),
    "två värden i valvet byter plats": (swapped(tables.vault, "ciphertext"), KEYS),
    "ett värde låst på nytt, med rätt nyckel": (sealed_again, KEYS),
    "valvnyckelns nummer": (cell(tables.case, "wrapping_key", lambda _: "00000000"), KEYS),
    # the end of the log
    "loggens namn": (cell(tables.head, "origin", lambda _: "1287.annan.example/audit"), DATABASE),
    "slutets hashar": (cell(tables.head, "frontier", bit), DATABASE),
    "slutets tid": (cell(tables.head, "time", lambda time: time.replace("2026", "2025")), DATABASE),
    "skrivnyckelns nummer": (cell(tables.head, "writer_key", lambda _: "00000000"), DATABASE),
    # checkpoints
    "en äldre checkpoint i den senastes ställe": (checkpoint_replayed, DATABASE),
    "en annan kommuns checkpoint": (checkpoint_of_the_other, DATABASE),
    "en rad till i en checkpoint": (cell(tables.checkpoint, "note", extra_line), DATABASE),
    "en rad till bland underskrifterna": (cell(tables.checkpoint, "note", false_line), NOTHING),
    "en påhittad kommuns logg": (municipality_made_up, KEYS),
}


def test_every_row_written_otherwise(world: World) -> None:
    lived(world)
    kept = [world.checkpoint()]
    assert verify(world, kept, world.keys).ok
    with world.engine.connect() as connection:
        before = {table: connection.execute(select(table)).mappings().all() for table in TABLES}
    found = {}
    for name, (attack, _) in ATTACKS.items():
        with world.engine.begin() as connection:
            unguard(connection)
            attack(world, connection)
        found[name] = caught_by(world, kept)
        with world.engine.begin() as connection:
            unguard(connection)
            for table in TABLES:
                connection.execute(table.delete())
                if before[table]:
                    connection.execute(table.insert(), [dict(row) for row in before[table]])
    assert verify(world, kept, world.keys).ok
    assert found == {name: level for name, (_, level) in ATTACKS.items()}


def caught_by(world: World, kept: list[str]) -> str:
    levels = ((DATABASE, [], None), (KEYS, [], world.keys), (OUTSIDE, kept, world.keys))
    for level, outside, keys in levels:
        try:
            if not verify(world, outside, keys).ok:
                return level
        except ValueError:
            return level
    return NOTHING


def test_an_entry_as_text_is_no_entry(memory_world: World) -> None:
    """SQLite keeps a text where bytes should be: the same words, but nobody has hashed them."""
    lived(memory_world)
    with memory_world.engine.begin() as connection:
        unguard(connection)
        connection.exec_driver_sql("UPDATE audit_entry SET body = CAST(body AS TEXT) WHERE seq = 3")
    assert not verify(memory_world, []).ok
