"""Random samples: drawn and logged, reviewed one by one, seen by the auditor, and nobody's own decision."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from audit.reading import render
from audit.trail import read_case
from decision_service.access.roles import Role
from decision_service.follow_up.draw import Lot, drawn
from decision_service.follow_up.samples import Terms, one_sample
from decision_service.log.trail_words import words
from decision_service.store.tables import DecisionRow, SampledRow
from tests.world.installation import HANDLED
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine, hidden
from tests.world.visitors import Visitor, nobody, visitor

HOME = f"/k/{TENANT}/stickprov"
PERIOD = {"fran": "2026-10-01", "till": "2026-10-31"}
FORM = {**PERIOD, "antal": "4", "utfall": "", "vem": "dator", "dela_utfall": "ja"}


@pytest.fixture(scope="module")
def decided(whole: Whole) -> list[str]:
    return [decided_by_machine(whole)[0] for _ in range(6)]


@pytest.fixture
def jurist(whole: Whole) -> Visitor:
    return visitor(whole, Role.JURIST, purpose="granskning")


@pytest.fixture
def sample(jurist: Visitor, decided: list[str]) -> str:
    """A sample that was just drawn."""
    found = jurist.send(HOME, FORM)
    assert found.status_code == 303, found.text
    return found.headers["location"].rpartition("/")[2]


def rows(whole: Whole, sample: str) -> list[SampledRow]:
    with Session(whole.service.office.engine) as session:
        return list(
            session.exec(
                select(SampledRow).where(SampledRow.sample == sample).order_by(col(SampledRow.number))
            )
        )


def said(whole: Whole, case: str) -> list[str]:
    office = whole.service.office
    with office.engine.connect() as connection:
        return [
            one.entry["body"]["action"]
            for one in read_case(connection, office.keys, TENANT, case)
            if one.entry["type"] == "human_action"
        ]


def test_a_sample_is_by_lot_and_every_drawn_case_says_so(whole: Whole, sample: str) -> None:
    found = rows(whole, sample)
    terms = Terms.model_validate_json(found[0].terms)
    assert (terms.population, len(found)) == (6, 4)
    with Session(whole.service.office.engine) as session:
        lots = [Lot(one.application_id, one.id, one.outcome) for one in session.exec(select(DecisionRow))]
    again = drawn(lots, 4, terms.seed)
    assert [each.decision for each in again] == [each.decision for each in found]
    assert all("sampled" in said(whole, each.application_id) for each in found)


def test_findings_are_recorded_one_by_one_and_give_the_error_rate(
    whole: Whole, jurist: Visitor, sample: str
) -> None:
    findings = ["ratt", "fel_i_sak", "fel_i_form", "ratt"]
    for finding in findings:
        row = next(one for one in rows(whole, sample) if one.finding is None)
        case = f"/k/{TENANT}/beslut/{row.application_id}"
        assert "Draget i ett stickprov" in jurist.get(case).text
        form = {"beslut": row.decision, "fynd": finding, "galler": "kostnad.hyra", "text": "Hyran är fel."}
        done = jurist.send(f"{case}/stickprov/{sample}/{row.decision}", form)
        assert done.status_code == 303, done.text
        assert said(whole, row.application_id)[-1] == "reviewed"
    assert done.headers["location"] == f"{HOME}/{sample}"
    page = jurist.get(f"{HOME}/{sample}").text
    assert "4 är granskade. Andel med fel i sak: 25,0 % (med 95 % säkerhet 4,6 %–69,9 %)" in page
    assert whole.service.office.book.versions("kostnad.hyra")[-1].title in page
    with Session(whole.service.office.engine) as session:
        found = one_sample(whole.service.office, session, TENANT, sample, protected=True)
    assert found.whole.rate is not None
    assert (found.whole.rate.wrong, found.whole.form, found.unreviewed) == (1, 1, [])


def test_no_sample_tells_how_many_are_hidden(whole: Whole, jurist: Visitor, decided: list[str]) -> None:
    """How many there were to draw from is said beside what was drawn. So who may not see protected people
    draws among the others, and does not find the samples of who may."""
    trusted = visitor(whole, Role.JURIST, Role.PROTECTED, purpose="granskning", name="Lo Lind")
    everything = {**FORM, "antal": "6"}
    with hidden(whole, decided[0]):
        theirs = trusted.send(HOME, everything).headers["location"].rpartition("/")[2]
        own = jurist.send(HOME, everything).headers["location"].rpartition("/")[2]
        assert {each.application_id for each in rows(whole, theirs)} == set(decided)
        assert {each.application_id for each in rows(whole, own)} == set(decided[1:])
        assert Terms.model_validate_json(rows(whole, own)[0].terms).population == 5
        for path in (HOME, f"/k/{TENANT}/beslut/{decided[1]}"):
            assert theirs not in jurist.get(path).text
            assert own in jurist.get(path).text
        assert jurist.get(f"{HOME}/{theirs}").status_code == 404
        assert trusted.get(f"{HOME}/{theirs}").status_code == 200


def test_a_finding_on_a_sample_that_is_not_there_is_not_written(
    whole: Whole, jurist: Visitor, decided: list[str]
) -> None:
    """Nobody who may not see it says anything of it; nor of a hidden case in a sample of their own."""
    trusted = visitor(whole, Role.JURIST, Role.PROTECTED, purpose="granskning", name="Lo Lind")
    theirs = trusted.send(HOME, FORM).headers["location"].rpartition("/")[2]
    own = rows(whole, jurist.send(HOME, FORM).headers["location"].rpartition("/")[2])[0]
    other = next(each for each in rows(whole, theirs) if each.application_id != own.application_id)

    def record(who: Visitor, row: SampledRow) -> int:
        address = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{row.sample}/{row.decision}"
        return who.send(address, {"fynd": "ratt"}).status_code

    def finding(row: SampledRow) -> str | None:
        (found,) = (each for each in rows(whole, row.sample) if each.decision == row.decision)
        return found.finding

    with hidden(whole, own.application_id):
        for row in (other, own):
            before = said(whole, row.application_id)
            assert record(jurist, row) == 404
            assert (finding(row), said(whole, row.application_id)) == (None, before)
    assert (record(trusted, other), finding(other)) == (303, "ratt")
    assert (record(jurist, own), finding(own)) == (303, "ratt")


def test_a_sample_that_does_not_say_was_drawn_among_all(
    whole: Whole, jurist: Visitor, decided: list[str]
) -> None:
    """As an earlier version kept one."""
    trusted = visitor(whole, Role.JURIST, Role.PROTECTED, purpose="granskning", name="Lo Lind")
    dumped = Terms.model_dump_json
    with patch.object(Terms, "model_dump_json", lambda terms: dumped(terms, exclude={"protected"})):
        kept = trusted.send(HOME, FORM).headers["location"].rpartition("/")[2]
    row = rows(whole, kept)[0]
    assert "protected" not in row.terms
    for path in (HOME, f"/k/{TENANT}/beslut/{row.application_id}"):
        assert kept not in jurist.get(path).text
        assert kept in trusted.get(path).text
    assert jurist.get(f"{HOME}/{kept}").status_code == 404
    assert trusted.get(f"{HOME}/{kept}").status_code == 200


@pytest.mark.slow
def test_a_case_that_is_hidden_after_it_was_drawn_is_counted_nowhere(one: Whole) -> None:
    """Neither in the list of samples, on the page of the sample, nor among the figures of the month."""
    cases = [decided_by_machine(one)[0] for _ in range(6)]
    jurist = visitor(one, Role.JURIST, purpose="granskning")
    sample = jurist.send(HOME, {**FORM, "antal": "6"}).headers["location"].rpartition("/")[2]
    for row in rows(one, sample):
        address = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{sample}/{row.decision}"
        assert jurist.send(address, {"fynd": "ratt"}).status_code == 303
    one.clock.forward(days=10)
    with hidden(one, cases[0]):
        for roles, left in (((Role.JURIST,), 5), ((Role.JURIST, Role.PROTECTED), 6)):
            reader = visitor(one, *roles, purpose="granskning")
            assert f"{left} av 6" in reader.get(HOME).text
            assert f"{left} beslut dragna" in reader.get(f"{HOME}/{sample}").text
            file = reader.get(f"/k/{TENANT}/siffror/csv?manad=2026-10").text
            assert f"stickprov, granskade;2026-10-01–2026-10-31;{left}\n" in file.replace("\r", "")
            page = reader.get(f"/k/{TENANT}/siffror?manad=2026-10").text
            assert f'<td>datorns beslut</td><td class="belopp">{left}</td>' in page


def test_a_finding_that_was_changed_can_still_be_read(whole: Whole, jurist: Visitor, sample: str) -> None:
    """In the log with the sample, the finding, the rule and the words; in the trail and on the timeline."""
    row, office = rows(whole, sample)[0], whole.service.office
    case = f"/k/{TENANT}/beslut/{row.application_id}"
    for finding, rule, text in (("fel_i_sak", "kostnad.hyra", "Hyran är fel."), ("ratt", "", "")):
        form = {"fynd": finding, "galler": rule, "text": text}
        assert jurist.send(f"{case}/stickprov/{sample}/{row.decision}", form).status_code == 303
    with office.engine.connect() as connection:
        entries = list(read_case(connection, office.keys, TENANT, row.application_id))
    first, second = [one for one in entries if one.entry["body"].get("action") == "reviewed"][-2:]
    where = {"action": "reviewed", "sample": sample, "reviewed_decision": row.decision}
    assert first.entry["body"] == where | {"finding": "fel_i_sak"}
    assert (first.personal["about"], first.personal["reason"]) == ("kostnad.hyra", "Hyran är fel.")
    assert second.entry["body"] == where | {"finding": "ratt"}
    trail = render(entries, words({}))
    assert f"   stickprov: {sample}\n" in trail
    assert "   fynd: fel i sak\n" in trail
    assert "   regel eller fråga som är fel: kostnad.hyra\n" in trail
    page = jurist.get(case).text
    for said in ("fel i sak", "rätt"):
        assert f"ett beslut som dragits i ett stickprov granskades: {said}" in page
        assert f"ett beslut som dragits i ett stickprov granskades: {said}\n" in trail


def test_what_was_written_stays_when_something_is_missing(whole: Whole, jurist: Visitor, sample: str) -> None:
    row = rows(whole, sample)[0]
    address = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{sample}/{row.decision}"
    form = {"stickprov": sample, "beslut": row.decision, "fynd": "fel_i_sak", "galler": "min.regel"}
    page = jurist.send(address, form)
    assert page.status_code == 422
    assert "Skriv vad som är fel." in page.text
    assert 'value="min.regel"' in page.text
    other = jurist.send(address, form | {"stickprov": "ett annat"})
    assert 'value="min.regel"' not in other.text, "the decision may be drawn in another sample too"
    assert jurist.send(address, {"beslut": row.decision, "fynd": ""}).status_code == 422
    assert rows(whole, sample)[0].finding is None


@pytest.mark.parametrize(("field", "most"), [("galler", 100), ("text", 4000)])
def test_what_a_reviewer_writes_is_as_long_as_the_form_says(
    whole: Whole, jurist: Visitor, sample: str, field: str, most: int
) -> None:
    row = rows(whole, sample)[0]
    address = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{sample}/{row.decision}"
    form = {"stickprov": sample, "beslut": row.decision, "fynd": "fel_i_sak", "galler": "x", "text": "Fel."}
    page = jurist.send(address, form | {field: "a" * (most + 1)})
    assert page.status_code == 422
    assert f"Texten är för lång. Högst {most} tecken." in page.text
    assert f'<a href="#{field}-{sample}-{row.decision}">' in page.text
    assert "a" * (most + 1) in page.text
    assert rows(whole, sample)[0].finding is None
    assert jurist.send(address, form | {field: "a" * most}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("antal", "0"),
        ("antal", "301"),
        ("antal", "många"),
        ("fran", "2027-01-01"),
        ("till", "x"),
        ("vem", "x"),
    ],
)
def test_terms_that_give_no_sample_are_told(
    jurist: Visitor, decided: list[str], field: str, value: str
) -> None:
    assert jurist.send(HOME, FORM | {field: value}).status_code == 422
    assert jurist.send(HOME, FORM | {"fran": "2020-01-01", "till": "2020-01-31"}).status_code == 422


def test_nobody_reviews_the_own_decision(whole: Whole, sample: str) -> None:
    row = rows(whole, sample)[0]
    with Session(whole.service.office.engine) as session:
        mine = select(DecisionRow.decided_by).where(DecisionRow.id == row.decision)
        decider = str(session.exec(mine).one())
    somebody = visitor(whole, Role.JURIST, purpose="granskning", name=decider)
    somebody_elses = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{sample}/{row.decision}"
    office = whole.service.office
    assert decider == "lagrum"
    # As if the person had decided: the row is read for who did.
    with office.engine.begin() as connection:
        of_row = col(DecisionRow.id) == row.decision
        connection.execute(update(DecisionRow).where(of_row).values(approved_by=f"{decider}-1"))
    try:
        found = somebody.send(somebody_elses, {"fynd": "ratt"})
        assert found.status_code == 409
        assert "granskar inte sitt eget beslut" in found.text
    finally:
        with office.engine.begin() as connection:
            connection.execute(update(DecisionRow).where(of_row).values(approved_by=None))


def test_an_auditor_sees_and_cannot_do_anything(whole: Whole, sample: str) -> None:
    revisor = visitor(whole, Role.REVISOR, purpose="granskning")
    row = rows(whole, sample)[0]
    for path in (HOME, f"{HOME}/{sample}", f"/k/{TENANT}/beslut/{row.application_id}"):
        page = revisor.get(path)
        assert page.status_code == 200
        assert "stickprov" in page.text.lower()
        assert not re.search(r"Dra stickprovet|Spara och gå", page.text)
    assert revisor.send(HOME, FORM).status_code == 403
    address = f"/k/{TENANT}/beslut/{row.application_id}/stickprov/{sample}/{row.decision}"
    assert revisor.send(address, {"fynd": "ratt"}).status_code == 403


def test_samples_are_for_those_who_review(whole: Whole, sample: str) -> None:
    case = f"/k/{TENANT}/beslut/{rows(whole, sample)[0].application_id}"
    for path in (HOME, f"{HOME}/{sample}"):
        assert nobody(whole).get(path).status_code == 303
        assert visitor(whole, Role.JURIST, tenant=HANDLED).get(path).status_code == 404
        for role in set(Role) - {Role.JURIST, Role.REVISOR}:
            assert visitor(whole, role).get(path).status_code == 403
    elsewhere = visitor(whole, Role.JURIST, tenant=HANDLED, purpose="granskning")
    assert elsewhere.get(f"/k/{HANDLED}/stickprov/{sample}").status_code == 404
    assert "Draget i ett stickprov" not in visitor(whole, Role.HANDLAGGARE).get(case).text


def test_a_finding_that_was_changed_behind_the_log_is_not_shown(one: Whole) -> None:
    decided_by_machine(one)
    jurist = visitor(one, Role.JURIST, purpose="granskning")
    sample = jurist.send(HOME, FORM).headers["location"].rpartition("/")[2]
    with one.service.office.engine.begin() as connection:
        connection.execute(update(SampledRow).values(finding="ratt"))
    assert jurist.get(f"{HOME}/{sample}").status_code == 500
    assert jurist.get(HOME).status_code == 500
