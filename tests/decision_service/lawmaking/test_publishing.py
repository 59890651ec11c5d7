"""A draft comes into force by two people, in the log, from a month; and is taken back the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

import audit
from audit.errors import RowError
from decision_service.access.roles import Role
from decision_service.log import approvals, publications, vouched
from decision_service.store.database import transaction
from decision_service.store.tables import DraftRow
from tests.world.client import User
from tests.world.drafting import AMOUNTS, begun, check, in_force, replaced, step, texts, version
from tests.world.people import TENANT
from tests.world.service import Json, Whole
from tests.world.sweeps import rest_slow

OLD, NEW = "2, 0: 7200", "2, 0: 7400"


def ready(drafting: Whole, policy: User, old: str, new: str, reason: str = "Beslut § 80.") -> str:
    """A draft that has been checked and says why it corrects what has been."""
    draft = begun(policy)["id"]
    replaced(policy, draft, AMOUNTS, old, new)
    assert step(policy, draft, step="describe", purpose="Hyresgränsen", reason=reason).status_code == 200
    check(drafting)
    return str(draft)


def approve(user: User, draft: str, agrees: bool = True) -> Json | None:
    answer = user.post(
        f"/drafts/{draft}/approval", {"agrees": agrees}, if_match=version(user, f"/drafts/{draft}")
    )
    assert answer.status_code in (200, 409), answer.text
    return None if answer.status_code == 200 else answer.json()


def publish(user: User, draft: str, first: str = "2026-12") -> Json:
    answer = user.post(
        f"/drafts/{draft}/publication", {"first": first}, if_match=version(user, f"/drafts/{draft}")
    )
    return {"status": answer.status_code, **answer.json()}


@pytest.fixture(autouse=True)
def _as_it_was(drafting: Whole, policy: User, publicist: User) -> Iterator[None]:
    """What a test has published is taken back: the others begin where it began."""
    number = in_force(policy)["number"]
    yield
    now = in_force(policy)
    if now["number"] > number:
        back = begun(policy, "Tillbaka", takes_back=number + 1)["id"]
        if policy.get(f"/drafts/{back}").json()["changed"]:
            step(policy, back, step="describe", purpose="Tillbaka", reason="Slut på provet.")
            check(drafting)
            assert approve(publicist, back) is None
            assert publish(publicist, back, now["first"])["status"] == 201


def test_two_people_put_a_draft_in_force_and_take_it_back(
    drafting: Whole, policy: User, publicist: User
) -> None:
    before, office = in_force(policy), drafting.service.office
    draft = ready(drafting, policy, OLD, NEW)
    assert publish(publicist, draft)["status"] == 409, "nobody has approved it"
    assert approve(publicist, draft) is None
    early = publish(publicist, draft, "1999-01")
    assert (early["status"], early["errors"][0]["code"]) == (422, "month_without_tables")
    made = publish(publicist, draft)
    assert (made["status"], made["number"], made["base"]) == (201, before["number"] + 1, before["release"])
    now = drafting.service.office
    assert now.book.release == office.book.release, "the month is not there yet"
    assert now.evaluators_of("2026-11") is now.evaluators
    assert now.evaluators_of("2026-12") is now.evaluators_of("2027-03") is not now.evaluators
    for month, release, limit in (
        ("2026-11", before["release"], "7 200 kr"),
        ("2026-12", made["release"], "7 400 kr"),
    ):
        page = drafting.http.get(f"/oppet/{TENANT}/belopp?manad={month}").text.replace("\xa0", " ")
        assert limit in page
        for path in ("norms", "rules"):
            shown = drafting.http.get(f"/v1/{TENANT}/{path}?month={month}").json()
            assert shown["release"] == release, (path, month)
    audit_of(drafting)

    back = begun(policy, "Tillbaka", takes_back=made["number"])["id"]
    step(policy, back, step="describe", purpose="Tillbaka", reason="Fel belopp.")
    check(drafting)
    assert approve(publicist, back) is None
    taken = publish(publicist, back)
    assert taken["release"] == before["release"]
    drafting.service.follow()
    now = drafting.service.office
    assert now.evaluators_of("2026-12") is now.evaluators
    assert [each["number"] for each in policy.get("/publications").json()["items"]][:2] == [
        taken["number"],
        made["number"],
    ]
    audit_of(drafting)


def audit_of(drafting: Whole) -> None:
    """Logs and tables agree."""
    office = drafting.service.office
    public = {code: drafting.public_key(code) for code in office.installation.municipalities}
    for code in public:
        office.log.checkpoint(office.engine, code)
    report = audit.verify_database(office.engine, public, vault=office.keys, source=vouched.source)
    assert report.ok, str(report)


def test_whoever_has_written_in_a_draft_does_not_approve_it(drafting: Whole) -> None:
    both = drafting.user(Role.POLICY, Role.PUBLICIST, subject="P-1")
    again = drafting.user(Role.PUBLICIST, subject="p-1")
    draft = ready(drafting, both, OLD, NEW)
    for who in (both, again):
        refused = approve(who, draft)
        assert refused is not None
        assert "kan inte själv godkänna" in refused["detail"]
    second = drafting.user(Role.POLICY, Role.PUBLICIST)
    step(second, draft, step="describe", purpose="Jag skrev också", reason="Beslut § 80.")
    assert approve(second, draft) is not None


@pytest.mark.slow
def test_what_is_changed_after_the_approval_is_approved_again(
    drafting: Whole, policy: User, publicist: User
) -> None:
    draft = ready(drafting, policy, OLD, NEW)
    assert approve(publicist, draft) is None
    replaced(policy, draft, AMOUNTS, NEW, "2, 0: 7500")
    check(drafting)
    assert "inte godkänt" in publish(publicist, draft)["detail"]


@pytest.mark.parametrize(
    "change",
    rest_slow(
        [
            "changes = replace(changes, '7400', '7900')",
            "reason = 'Ett annat skäl.'",
            "purpose = 'Något annat'",
            "owner = 'p-9'",
            "editors = '[]'",
            "approved_by = 'p-9'",
        ]
    ),
)
def test_an_approved_draft_that_somebody_changes_in_the_database_is_not_published(
    drafting: Whole, policy: User, publicist: User, change: str
) -> None:
    draft = ready(drafting, policy, OLD, NEW)
    assert approve(publicist, draft) is None
    attack(drafting, f"UPDATE draft SET {change} WHERE id = '{draft}'")
    refused = publish(publicist, draft)
    assert (refused["status"], "inte det som granskningsloggen säger" in refused["detail"]) == (409, True)


@pytest.mark.slow
def test_an_approval_that_nobody_gave_puts_nothing_in_force(
    drafting: Whole, policy: User, publicist: User
) -> None:
    """Neither by the row alone, nor by an entry that somebody with the database alone has written, nor when
    the yes has been taken back."""
    draft, given = ready(drafting, policy, OLD, NEW), ready(drafting, policy, OLD, "2, 0: 7300")
    attack(drafting, f"UPDATE draft SET approved = version, approved_by = 'p-9' WHERE id = '{draft}'")
    assert "inte det som granskningsloggen säger" in publish(publicist, draft)["detail"]
    assert approve(publicist, draft) is None
    assert approve(publicist, draft, agrees=False) is None
    attack(drafting, f"UPDATE draft SET approved = version, approved_by = 'p-9' WHERE id = '{draft}'")
    assert "inte det som granskningsloggen säger" in publish(publicist, draft)["detail"]
    assert approve(publicist, given) is None
    office = drafting.service.office
    with transaction(office.engine) as session:
        row = session.get_one(DraftRow, (TENANT, draft))
        own = audit.Log(StrangeKeys(office.keys), "lagrum")
        approvals.enter(own, session.connection(), row, "p-9", office.clock())
        assert not approvals.is_entered(office.log, session.connection(), row)
        approvals.enter(office.log, session.connection(), row, "p-9", office.clock())
        assert approvals.is_entered(office.log, session.connection(), row)
        session.rollback()


class StrangeKeys:
    """Keys of somebody who has the database and not the keys."""

    def __init__(self, keys: audit.KeyStore) -> None:
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)

    def writer_key(self, tenant: str, key_id: str) -> bytes:
        return bytes(32)


def attack(drafting: Whole, statement: str) -> None:
    """Write in the database, past the program."""
    with drafting.service.office.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


def test_a_draft_with_a_finding_or_unchecked_or_without_reason_is_not_approved(
    drafting: Whole, policy: User, publicist: User
) -> None:
    draft = ready(drafting, policy, OLD, "2, 0: sju")
    assert "fynd att åtgärda" in (approve(publicist, draft) or {})["detail"]
    replaced(policy, draft, AMOUNTS, "2, 0: sju", NEW)
    assert "inte färdigt kontrollerat" in (approve(publicist, draft) or {})["detail"]
    check(drafting)
    assert approve(publicist, draft) is None
    silent = ready(drafting, policy, OLD, NEW, reason="")
    assert "behöver ett skäl" in (approve(publicist, silent) or {})["detail"]


@pytest.mark.slow
def test_a_draft_whose_base_has_moved_on_is_moved_or_begun_anew(
    drafting: Whole, policy: User, publicist: User
) -> None:
    first, second = ready(drafting, policy, OLD, NEW), ready(drafting, policy, OLD, "2, 0: 7300")
    apart = ready(drafting, policy, "rubrik: Exempelkommunens riktlinjer (påhittade)", "rubrik: Riktlinjer")
    step(policy, apart, step="write", name=AMOUNTS, content=file(policy, apart, before=True))
    step(policy, apart, step="write", name="rules/sets/municipal/9999/ny.fall.yaml", content="fallen: []\n")
    check(drafting)
    for draft in (first, second):
        assert approve(publicist, draft) is None
    assert publish(publicist, first)["status"] == 201
    assert "publicerats sedan" in publish(publicist, second)["detail"]
    refused = step(policy, second, step="move")
    assert (refused.status_code, AMOUNTS in texts(refused)) == (409, True)
    moved = step(policy, apart, step="move")
    assert (moved.status_code, moved.json()["behind"], moved.json()["changed"]) == (200, False, 1)
    assert NEW in file(policy, apart)


def file(user: User, draft: str, *, before: bool = False) -> str:
    found = user.get(f"/drafts/{draft}/file", {"name": AMOUNTS}).json()
    return str(found["before" if before else "content"])


@pytest.mark.slow
def test_nothing_that_is_to_begin_later_is_pulled_forward(
    drafting: Whole, policy: User, publicist: User
) -> None:
    draft = ready(drafting, policy, OLD, NEW)
    assert approve(publicist, draft) is None
    assert publish(publicist, draft, "2027-02")["status"] == 201
    early = ready(drafting, policy, NEW, "2, 0: 7500")
    assert approve(publicist, early) is None
    refused = publish(publicist, early, "2026-12")
    assert (refused["status"], "2027-02" in str(refused)) == (422, True)


def test_what_is_in_force_is_what_the_log_says(drafting: Whole) -> None:
    """Nobody comes into force by a row alone, and nobody loses one unseen: neither when it is read, nor when
    the log is checked."""
    office = drafting.service.office
    columns = (
        "release, base, first, draft, content, purpose, reason, owner, approved_by, published_by, "
        "published_at, cases"
    )
    taken = f"INSERT INTO publication SELECT tenant, 1, {columns} FROM publication WHERE number = 78"
    changes = {
        "UPDATE publication SET first = '2020-01' WHERE number = 1": (
            "är inte den publicerade",
            ["UPDATE publication SET first = NULL WHERE number = 1"],
        ),
        f"INSERT INTO publication SELECT tenant, 77, {columns} FROM publication WHERE number = 1": (
            "står inte i någon post",
            ["DELETE FROM publication WHERE number = 77"],
        ),
        "UPDATE publication SET number = 78 WHERE number = 1": (
            "finns inte kvar",
            [taken, "DELETE FROM publication WHERE number = 78"],
        ),
    }
    for statement, (words, back) in changes.items():
        with office.engine.begin() as connection:
            connection.execute(text(statement))
        refused = pytest.raises(RowError, match="inte det som står i granskningsloggen")
        with office.engine.connect() as connection, refused:
            publications.publications(connection, TENANT)
        public = {TENANT: drafting.public_key()}
        report = audit.verify_database(office.engine, public, source=vouched.source, tenants=[TENANT])
        assert words in str(report)
        with office.engine.begin() as connection:
            for each in back:
                connection.execute(text(each))
    with office.engine.connect() as connection:
        assert publications.publications(connection, TENANT)
