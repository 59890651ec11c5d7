"""Attacks on the log by someone with every right in the database, some with the signing key too.

Each attack says whether the database with the pinned public key is enough to catch it (``DATABASE``), the key
folder is needed (``KEYS``), or only a copy outside shows it (``OUTSIDE``). Whoever attacks puts the guards
back.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, select, update

from audit import FileKeyStore, Log, check, merkle, proof, retention, tables
from audit.head import lock
from audit.mark import marked
from audit.verify import Report, leaf_hash
from tests.audit.world import SOFTWARE, World

DATABASE, KEYS = "databasen och den publika nyckeln", "nyckelmappen också"
OUTSIDE = "bara en kopia utanför"
Attack = Callable[[World, Connection], None]


def filled(world: World) -> None:
    """Forty entries and four checkpoints in one municipality, four that look the same in another."""
    for number in range(1, 40):
        world.append(case=f"c-{number % 4}", personal={"lön": number})
        if number < 4:
            world.append("1384", case=f"c-{number % 4}")
        if number % 10 == 9:
            world.checkpoint()
    world.checkpoint("1384")


def outside_copy(world: World) -> list[str]:
    """What others have kept: a letter and the last checkpoint."""
    note = world.checkpoint()
    with world.engine.connect() as connection:
        return [proof.letter(connection, "1287", 12), note]


def rows(connection: Connection, tenant: str = "1287") -> list[bytes]:
    entry = tables.entry.c
    return list(connection.scalars(select(entry.body).where(entry.tenant == tenant).order_by(entry.seq)))


def mark(leaf: bytes, seq: int, writer: str, keys: FileKeyStore | None = None, tenant: str = "1287") -> bytes:
    """The writer's mark on an entry: made up, or genuine by somebody who has the key folder too."""
    key = os.urandom(32) if keys is None else keys.writer_key(tenant, writer)
    return marked(key, writer, f"{tenant}.lagrum.example/audit", seq, leaf_hash(leaf))


def rebuild(
    world: World,
    connection: Connection,
    leaves: list[bytes],
    tenant: str = "1287",
    keys: FileKeyStore | None = None,
) -> None:
    """Write a log anew with every hash right, as the program would have. ``keys``: with genuine marks."""
    writer = json.loads(leaves[0])["body"]["writer_key"]
    for table in (tables.entry, tables.case):
        connection.execute(table.delete().where(table.c.tenant == tenant))
    frontier = b""
    counts: dict[str, int] = {}
    for seq, leaf in enumerate(leaves):
        hashes, frontier = merkle.append(seq, frontier, leaf_hash(leaf))
        item = json.loads(leaf)
        case = item.get("case")
        values = {
            "tenant": tenant,
            "seq": seq,
            "type": item["type"],
            "case_id": case,
            "hashes": hashes,
            "body": leaf,
            "mark": mark(leaf, seq, writer, keys, tenant),
        }
        connection.execute(tables.entry.insert().values(**values))
        if case is not None:
            counts[case] = counts.get(case, 0) + 1
    for case, entries in counts.items():
        connection.execute(tables.case.insert().values(tenant=tenant, case_id=case, entries=entries))
    connection.execute(tables.vault.delete().where(tables.vault.c.tenant == tenant))
    head = {"size": len(leaves), "time": json.loads(leaves[-1])["time"], "frontier": frontier}
    connection.execute(update(tables.head).where(tables.head.c.tenant == tenant).values(**head))


def without_personal(leaf: bytes) -> bytes:
    item = json.loads(leaf)
    item.pop("personal", None)
    return json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def rewrite_a_body(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    body = rows(connection)[7].replace(b'"purpose":"prov"', b'"purpose":"sken"')
    connection.execute(update(tables.entry).where(entry.tenant == "1287", entry.seq == 7).values(body=body))


def rewrite_a_body_and_every_hash(
    world: World, connection: Connection, keys: FileKeyStore | None = None
) -> None:
    leaves = [without_personal(leaf) for leaf in rows(connection)]
    leaves[2] = leaves[2].replace(b'"purpose":"prov"', b'"purpose":"sken"')
    rebuild(world, connection, leaves, keys=keys)


def cut_the_end(world: World, connection: Connection) -> None:
    rebuild(world, connection, [without_personal(leaf) for leaf in rows(connection)][:25])


def cut_the_end_and_drop_its_checkpoints(world: World, connection: Connection) -> None:
    """The untouched beginning, made to look like all there ever was."""
    entry, case, sealed = tables.entry.c, tables.case.c, tables.vault.c
    kept = 25
    size = connection.scalar(
        select(tables.checkpoint.c.size)
        .where(tables.checkpoint.c.tenant == "1287", tables.checkpoint.c.size <= kept)
        .order_by(tables.checkpoint.c.size.desc())
        .limit(1)
    )
    connection.execute(tables.vault.delete().where(sealed.tenant == "1287", sealed.seq >= size))
    connection.execute(tables.entry.delete().where(entry.tenant == "1287", entry.seq >= size))
    connection.execute(
        tables.checkpoint.delete().where(
            tables.checkpoint.c.tenant == "1287", tables.checkpoint.c.size > size
        )
    )
    left = rows(connection)
    for name in {json.loads(leaf).get("case") for leaf in left} - {None}:
        entries = sum(json.loads(leaf).get("case") == name for leaf in left)
        connection.execute(
            update(tables.case).where(case.tenant == "1287", case.case_id == name).values(entries=entries)
        )
    frontier = b""
    for seq, leaf in enumerate(left):
        _, frontier = merkle.append(seq, frontier, leaf_hash(leaf))
    head = {"size": len(left), "time": json.loads(left[-1])["time"], "frontier": frontier}
    connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(**head))


def cut_the_end_with_the_key_folder(world: World, connection: Connection) -> None:
    """The same by whoever has the key folder too, and lets it forget."""
    cut_the_end_and_drop_its_checkpoints(world, connection)
    world.let_the_keys_forget()


def put_another_installations_log_there(world: World, connection: Connection) -> None:
    """A log that is whole, of the same municipality and with the same name, by another's keys."""
    for table in tables.PROTECTED:
        connection.execute(table.delete().where(table.c.tenant == "1287"))
    other = Log(FileKeyStore(world.folder / "annan"), SOFTWARE)
    other.create(connection, "1287", "lagrum.example", world.now)
    other.append(connection, "1287", world.entry())


def swap_two_rows(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    for old, new in ((7, 1000), (8, 7), (1000, 8)):
        connection.execute(
            update(tables.entry).where(entry.tenant == "1287", entry.seq == old).values(seq=new)
        )


def swap_two_entries_and_every_hash(world: World, connection: Connection) -> None:
    leaves = [without_personal(leaf) for leaf in rows(connection)]
    leaves[7], leaves[8] = leaves[8], leaves[7]
    rebuild(world, connection, leaves)


def back_date_an_entry(world: World, connection: Connection) -> None:
    """At the end, with every hash right and before the next checkpoint is signed."""
    leaf = {**json.loads(rows(connection)[-1]), "case": "ny", "number": 1}
    append_behind_the_program(connection, {**leaf, "time": "2026-11-20T08:12:05.000000Z"})
    connection.execute(tables.case.insert().values(tenant="1287", case_id="ny", entries=1))


def append_behind_the_program(
    connection: Connection, leaf: dict[str, Any], keys: FileKeyStore | None = None
) -> None:
    leaf.pop("personal", None)
    head = lock(connection, "1287", None)
    body = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    hashes, frontier = merkle.append(head.size, head.frontier, leaf_hash(body))
    values = {
        "tenant": "1287",
        "seq": head.size,
        "type": leaf["type"],
        "case_id": leaf.get("case"),
        "hashes": hashes,
        "body": body,
        "mark": mark(body, head.size, str(head.writer_key), keys),
    }
    connection.execute(tables.entry.insert().values(**values))
    after = {"size": head.size + 1, "time": leaf["time"], "frontier": frontier}
    connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(**after))


def resign_everything(world: World, connection: Connection) -> None:
    """The operator has the key folder: another history, with its checkpoints signed anew."""
    rewrite_a_body_and_every_hash(world, connection, world.keys)
    sign_again(connection, world.keys.signing_key("1287", key_id(world)).sign)
    newest = select(tables.checkpoint.c.note).where(tables.checkpoint.c.tenant == "1287")
    note = connection.scalars(newest.order_by(tables.checkpoint.c.size.desc())).first()
    world.keys.remember("1287", str(note))


def resign_with_another_key(world: World, connection: Connection) -> None:
    rewrite_a_body_and_every_hash(world, connection)
    other = FileKeyStore(world.folder / "other").new_signing_key("1287", "1287.lagrum.example/audit")
    leaves = rows(connection)
    leaves[0] = leaves[0].replace(world.public["1287"].encode(), other.public.encode())
    rebuild(world, connection, leaves)
    connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(signing_key=other.id))
    sign_again(connection, other.sign)


def key_id(world: World) -> str:
    return world.public["1287"].split("+")[1]


def sign_again(connection: Connection, sign: Callable[[str], str]) -> None:
    table = tables.checkpoint.c
    for size in connection.scalars(select(table.size).where(table.tenant == "1287")).all():
        root = base64.b64encode(proof.root(connection, "1287", size)).decode()
        note = sign(f"1287.lagrum.example/audit\n{size}\n{root}\n")
        connection.execute(
            update(tables.checkpoint).where(table.tenant == "1287", table.size == size).values(note=note)
        )


def swap_rows_between_municipalities(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    for old, new in ((("1287", 2), ("0000", 2)), (("1384", 2), ("1287", 2)), (("0000", 2), ("1384", 2))):
        connection.execute(
            update(tables.entry)
            .where(entry.tenant == old[0], entry.seq == old[1])
            .values(tenant=new[0], seq=new[1])
        )


def swap_municipalities_entries_and_every_hash(world: World, connection: Connection) -> None:
    """Each log whole and well hashed, but with an entry of the other's; before anything is signed."""
    one, two = (list(map(without_personal, rows(connection, tenant))) for tenant in ("1287", "1384"))
    one[2], two[2] = two[2], one[2]
    connection.execute(tables.checkpoint.delete())
    rebuild(world, connection, one)
    rebuild(world, connection, two, "1384")


def swap_whole_municipalities(world: World, connection: Connection) -> None:
    for table in (tables.head, tables.entry, tables.checkpoint, tables.case, tables.vault):
        for old, new in (("1287", "0000"), ("1384", "1287"), ("0000", "1384")):
            connection.execute(update(table).where(table.c.tenant == old).values(tenant=new))


def claim_a_future_checkpoint(world: World, connection: Connection) -> None:
    """Signed with the right key, for entries that are not there."""
    key = world.keys.signing_key("1287", key_id(world))
    note = key.sign(f"1287.lagrum.example/audit\n1000\n{'A' * 43}=\n")
    connection.execute(tables.checkpoint.insert().values(tenant="1287", size=1000, note=note))


def remove_an_entry_in_the_middle(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    connection.execute(tables.entry.delete().where(entry.tenant == "1287", entry.seq == 7))


def hide_an_entry_from_its_case(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    connection.execute(
        update(tables.entry).where(entry.tenant == "1287", entry.seq == 7).values(case_id="c-annat")
    )


def hide_a_key_change(world: World, connection: Connection) -> None:
    entry = tables.entry.c
    connection.execute(
        update(tables.entry).where(entry.tenant == "1287", entry.seq == 0).values(type="access")
    )


def number_a_cases_entries_otherwise(world: World, connection: Connection) -> None:
    """Every hash right, the count too, and nothing signed yet: only the order of the numbers is wrong."""
    leaves = [without_personal(leaf) for leaf in rows(connection)]
    leaves[1] = leaves[1].replace(b'"number":1', b'"number":2')
    leaves[5] = leaves[5].replace(b'"number":2', b'"number":1')
    connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
    rebuild(world, connection, leaves)


def destroy_a_case_without_saying_so(world: World, connection: Connection) -> None:
    case = tables.case.c
    connection.execute(
        update(tables.case)
        .where(case.tenant == "1287", case.case_id == "c-1")
        .values(wrapped=None, wrapping_key=None, deleted_seq=5)
    )
    of_case = select(tables.entry.c.seq).where(tables.entry.c.case_id == "c-1")
    connection.execute(tables.vault.delete().where(tables.vault.c.seq.in_(of_case)))


def destroy_every_key_and_say_nothing(world: World, connection: Connection) -> None:
    """One statement, and nothing in any case can be read any more."""
    connection.execute(update(tables.case).values(wrapped=None, wrapping_key=None))


def forge_a_deletion(world: World, connection: Connection) -> None:
    """A case some minutes old is destroyed under a deletion entry that says it was old."""
    leaves = [without_personal(leaf) for leaf in rows(connection)]
    last = json.loads(leaves[-1])
    forged = {
        **{name: last[name] for name in ("actor", "schema", "software", "tenant", "time")},
        "type": "deletion",
        "case": "c-1",
        "number": 1 + sum(json.loads(leaf).get("case") == "c-1" for leaf in leaves),
        "purpose": "gallring",
        "body": {
            "lagrum": "SoL",
            "verdict": "due",
            "last_note": "2020-01-01T08:00:00+00:00",
            "earliest": "2025-01-01",
            "latest": "2026-12-31",
            "rules_version": "1",
            "rules_fingerprint": retention.load().fingerprint,
        },
    }
    body = json.dumps(forged, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
    rebuild(world, connection, [*leaves, body])
    case = tables.case.c
    connection.execute(
        update(tables.case)
        .where(case.tenant == "1287", case.case_id == "c-1")
        .values(deleted_seq=len(leaves))
    )


def rewrite_and_drop_later_checkpoints(world: World, connection: Connection) -> None:
    """Everything in the database fits: only the service's own mark does not."""
    connection.execute(
        tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287", tables.checkpoint.c.size > 2)
    )
    rewrite_a_body_and_every_hash(world, connection)


def swap_and_drop_later_checkpoints(world: World, connection: Connection) -> None:
    connection.execute(tables.checkpoint.delete().where(tables.checkpoint.c.tenant == "1287"))
    leaves = [without_personal(leaf) for leaf in rows(connection)]
    one, two = (json.loads(leaves[seq]) for seq in (7, 8))
    one["time"], two["time"] = two["time"], one["time"]
    leaves[7], leaves[8] = plain(two), plain(one)
    rebuild(world, connection, leaves)


def append_in_the_services_name(world: World, connection: Connection) -> None:
    """Well hashed and in order, by somebody who has the database alone."""
    last = json.loads(rows(connection)[-1])
    case = tables.case.c
    of_case = (case.tenant == "1287") & (case.case_id == last["case"])
    connection.execute(update(tables.case).where(of_case).values(entries=last["number"] + 1))
    append_behind_the_program(connection, {**last, "number": last["number"] + 1})


def append_without_a_mark(world: World, connection: Connection) -> None:
    append_in_the_services_name(world, connection)
    last = select(func.max(tables.entry.c.seq)).where(tables.entry.c.tenant == "1287").scalar_subquery()
    connection.execute(
        update(tables.entry)
        .where(tables.entry.c.tenant == "1287", tables.entry.c.seq == last)
        .values(mark=None)
    )


def change_a_key_unsigned(use: str) -> Attack:
    """A key change that the signing key has not signed."""

    def attack(world: World, connection: Connection) -> None:
        first = json.loads(rows(connection)[0])
        time = json.loads(rows(connection)[-1])["time"]
        body = {"use": use, f"{use}_key": "abcdef01", "previous": "00000000", "cases": 0}
        append_behind_the_program(connection, {**first, "time": time, "body": body})
        head = update(tables.head).where(tables.head.c.tenant == "1287")
        connection.execute(head.values({f"{use}_key": "abcdef01"}))

    attack.__name__ = f"change_the_{use}_key_unsigned"
    return attack


def append_after_taking_the_mark_of_what_was_signed(world: World, connection: Connection) -> None:
    """As if it were all of an earlier version, which had no marks."""
    append_in_the_services_name(world, connection)
    connection.execute(update(tables.entry).where(tables.entry.c.tenant == "1287").values(mark=None))


def append_after_making_out_that_no_key_was_taken(change: dict[str, Any]) -> Attack:
    """What took the writer's key into use is made to look as if it had not: no marks until now."""

    def attack(world: World, connection: Connection) -> None:
        append_without_a_mark(world, connection)
        first = (tables.entry.c.tenant == "1287") & (tables.entry.c.seq == 0)
        connection.execute(update(tables.entry).where(first).values(change))

    attack.__name__ = f"append_with_another_{next(iter(change))}_at_the_start"
    return attack


def append_after_taking_the_key_away(world: World, connection: Connection) -> None:
    append_without_a_mark(world, connection)
    take_the_writers_key_away(world, connection)


def take_the_writers_key_away(world: World, connection: Connection) -> None:
    """So that the service itself marks nothing from now on."""
    connection.execute(update(tables.head).where(tables.head.c.tenant == "1287").values(writer_key=None))


def plain(leaf: dict[str, Any]) -> bytes:
    return json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def drop_the_whole_log(world: World, connection: Connection) -> None:
    for table in (tables.head, tables.entry, tables.checkpoint, tables.case, tables.vault):
        connection.execute(table.delete().where(table.c.tenant == "1287"))


ATTACKS: dict[Attack, str] = {
    rewrite_a_body: DATABASE,
    rewrite_a_body_and_every_hash: DATABASE,
    cut_the_end: DATABASE,
    cut_the_end_and_drop_its_checkpoints: KEYS,
    cut_the_end_with_the_key_folder: OUTSIDE,
    put_another_installations_log_there: DATABASE,
    swap_two_rows: DATABASE,
    swap_two_entries_and_every_hash: DATABASE,
    back_date_an_entry: DATABASE,
    resign_everything: OUTSIDE,
    resign_with_another_key: DATABASE,
    swap_rows_between_municipalities: DATABASE,
    swap_municipalities_entries_and_every_hash: DATABASE,
    swap_whole_municipalities: DATABASE,
    claim_a_future_checkpoint: DATABASE,
    remove_an_entry_in_the_middle: DATABASE,
    hide_an_entry_from_its_case: DATABASE,
    hide_a_key_change: DATABASE,
    number_a_cases_entries_otherwise: DATABASE,
    destroy_a_case_without_saying_so: DATABASE,
    destroy_every_key_and_say_nothing: DATABASE,
    forge_a_deletion: DATABASE,
    drop_the_whole_log: DATABASE,
    rewrite_and_drop_later_checkpoints: KEYS,
    swap_and_drop_later_checkpoints: KEYS,
    append_in_the_services_name: KEYS,
    append_without_a_mark: DATABASE,
    append_after_taking_the_mark_of_what_was_signed: DATABASE,
    append_after_taking_the_key_away: DATABASE,
    change_a_key_unsigned("wrapping"): DATABASE,
    change_a_key_unsigned("writer"): DATABASE,
    take_the_writers_key_away: DATABASE,
}


def verify(world: World, outside: list[str], keys: FileKeyStore | None = None) -> Report:
    """As an auditor: the logs, the public keys, what others have kept, the key folder or not; with it as of a
    log that is in use."""
    live = world.now if keys is not None else None
    return check.verify_database(world.engine, world.public, outside, keys, live=live)
