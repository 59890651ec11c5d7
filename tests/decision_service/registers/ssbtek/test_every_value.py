"""Every value of every agency: an odd code, day, currency or list is never zero, and never dropped."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decision_service.reading.place import Place, pattern
from decision_service.reading.strict_json import InputError, read_json
from decision_service.registers.answers import Agency, AgencyAnswer, RegisterAnswers
from decision_service.registers.ssbtek import lefi, register_answers, unused
from decision_service.registers.ssbtek.answers import READERS
from decision_service.registers.ssbtek.codes import CSN, LEFI
from decision_service.registers.ssbtek.found import AgencyFindings
from norms.fault import dotted
from tests.decision_service.decision.leaves import AGENCIES, Json, Way, ways, with_value, without
from tests.world.sweeps import swept
from tests.world.unread import sentences

FIXTURES = Path(__file__).parent / "fixtures"


def kronor(amount: int) -> Json:
    """An amount as LEFI writes it."""
    return {"summa": str(amount), "valuta": "SEK"}


def coded(code: str, name: str) -> Json:
    """A code of LEFI."""
    return {"id": code, "beskrivning": name}


def case_of(section: str) -> Json:
    """A case with a decision in which all stands that is read of one."""
    types = lefi.fields()
    kind = types["Formansinformation"][section]
    has = types[types[str(kind)]["beslut"] or ""]
    decision: Json = {"fattades": "2026-09-02", "upphorandeManadFrom": "2027-02"}
    if "beslutsutfall" in has:
        code = next(code for code, word in LEFI.outcomes[section].items() if word == "gäller")
        decision["beslutsutfall"] = {"id": code} if has["beslutsutfall"] else code
    decision = {name: value for name, value in decision.items() if name in has}
    return {"startades": "2026-08-01", "aktivt": True, "avslaget": False, "beslut": [decision]}


def in_full() -> dict[str, Json]:
    """The answers of the agencies with all that any reader reads."""
    given = copy.deepcopy(AGENCIES)
    benefits, (person,) = given["fk"]["formansinformation"], given["csn"]["Personer"].values()
    sick = coded("SJP", "Sjukpenning")
    sums = {"skattebelopp": kronor(300), "avdragsbelopp": kronor(600)}
    rows = [
        {"forman": sick, "beloppstyp": sick, "skattebelopp": kronor(300), "avdragsbelopp": kronor(300)},
        {"forman": sick, "beloppstyp": coded("UMG", "Umgängesavdrag"), "avdragsbelopp": kronor(200)},
        {"forman": sick, "beloppstyp": coded("KVI", "Kvittning"), "avdragsbelopp": kronor(100)},
    ]
    for name in ("utbetalningsuppgift", "preliminarautbetalningar"):
        family = {"foretag": {"id": "1001"}, "formansfamilj": coded("DAG", "Dagersättning")}
        one = {**benefits[name][0], **family, **sums, "bruttobelopp": kronor(1850)}
        benefits[name].append({**one, "utbetalningsdetalj": rows})
    for section in LEFI.cases:
        benefits[section] = [*benefits.get(section, []), case_of(section)]
    benefits["generellPersoninformation"][0] |= {
        "personnummer": "198802092387",
        "avled": ["2026-10-02"],
        "adress": [
            {
                "postnummer": "43430",
                "land": {"kod": "SE", "namn": "Sverige"},
                "roller": [coded("1", "Folkbokföringsadress")],
            }
        ],
        "arbetsstallen": [{"namn": "Verkstan", "arbetsgivare": {"namn": "Exempel AB"}}],
        "barn": [{"foddes": "2018-03-04"}, {"foddes": "2019-03-04", "avled": ["2026-10-04"]}],
        "samhorig": [{"personnummer": "198603032395", "foddes": "1986-03-03", "avled": ["2026-10-03"]}],
    }
    for name in ("utbetalningar", "preliminaraUtbetalningar"):
        given["fk"][name][0]["avdrag"] += [
            {"belopp": "60", "avdragstyp": {"kod": "PM:UTMATNING", "beskrivning": "Utmätning"}},
            {"belopp": "40", "avdragstyp": {"beskrivning": "Något nytt"}},
        ]
        given["fk"][name][0]["utbetalningsrader"][0]["belopp"] = "1000"
    given["af"]["Svar"] |= {"Fornamn": "Kim", "StatusSokandeinformationKodText": "Allt är bra"}
    given["csn"]["GemensamtSvarEkbistand"]["Resultat"]["ResultatText"] = "Allt är bra"
    person |= {"personnummer": "8802092387", "sekel": "19", "Status": "Ej träff"}
    person["Studiestodstypforteckning"] = dict.fromkeys(CSN.supports.values(), "0") | {"studiemedel": "1"}
    time = person["Studiemedel"]["Arenden"]["Arende"]["UtbetalningsPlan"]["Utbetalning"][0]["Utbetaldatider"]
    time["Utbetaldtid"] |= {"totbelopp": "4160"}
    time["Utbetaldtid"]["Beloppen"]["Belopp"][0]["belopp"] = "1040"
    given["skv"]["PersonuppgiftLista"]["Personuppgift"] |= {
        "IdentitetsbeteckningFysiskPerson": "198802092387",
        "Fornamn": "Kim",
    }
    given["so"]["IdentificationNumber"] = "198802092387"
    given["tns"]["fordonsinnehav"]["fordon"][0] |= {
        "fabrikat": "VOLVO",
        "fordonsar": "2009",
        "handelsbeteckning": "V70",
    }
    given["miv"]["response"]["personnummer"] = "198802092387"
    return json.loads(json.dumps(given))  # type: ignore[no-any-return]


FULL = in_full()
BEFORE = register_answers(FULL)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{6}")
_AMOUNT = re.compile(r"summa$|belopp$|^Netto|PaKapital$")
SAME_WHATEVER = {
    "af.Svar.StatusSokandeinformationKodText": "told where the code is not that of all well",
    "csn.GemensamtSvarEkbistand.Resultat.ResultatText": "told where the code is not that of all well",
    "fk.formansinformation.generellPersoninformation.adress.roller.beskrivning": "the number is read",
    "fk.formansinformation.generellPersoninformation.arbetsstallen.namn": "that of the employer is read",
    "csn.Personer.Person.Studiestodstypforteckning.studiemedel": "anything but 0 is a mark",
    "fk.formansinformation.programanvisning.program.id": "the name beside it is read",
}


def read_by_somebody() -> set[tuple[str | int, ...]]:
    """The places that the readers of the agencies' answers read."""
    seen = set()
    for agency, reader in READERS.items():
        place = Place(FULL[agency.value], (agency.value,))
        reader(place, AgencyFindings())
        seen |= place.seen
    return seen


SEEN = read_by_somebody()


def values() -> Iterator[tuple[Way, Json]]:
    """Every value that a reader reads, with its place."""
    yield from ((way, value) for way, value in ways(FULL) if way in SEEN)


def names(way: Way) -> str:
    """The last name of a place."""
    return next(part for part in reversed(way) if isinstance(part, str))


DAYS = [way for way, value in values() if _DAY.fullmatch(str(value)) and "belopp" not in names(way)]
AMOUNTS = [way for way, _ in values() if _AMOUNT.search(names(way))]
CURRENCIES = [way for way, _ in values() if names(way) == "valuta"]
CODES = [way for way, _ in values() if way not in {*DAYS, *AMOUNTS, *CURRENCIES}]


def told(changed: RegisterAnswers) -> set[str]:
    """What a change made the readers tell."""
    return set(sentences(changed)) - set(sentences(BEFORE))


def label(way: Way) -> str:
    """A place as the name of a test."""
    return ".".join(map(str, way))


def test_there_is_something_of_every_sort_from_every_agency() -> None:
    assert {way[0] for way in DAYS} == {"af", "fk", "csn", "so", "miv"}
    assert {way[0] for way in AMOUNTS} == {"fk", "csn", "so", "skv"}
    assert {way[0] for way in CODES} == {each.value for each in Agency}
    assert len(CURRENCIES) == 20


@pytest.mark.slow
@swept("way", DAYS, ids=label)
@swept("written", ["den 3 maj", "2026-02-30", "03/05/2026", "0000-00-00", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_told(way: Way, written: str) -> None:
    assert told(register_answers(with_value(FULL, way, written)))


PERIODS = {
    "fran": "till",
    "from": "tom",
    "startvecka": "slutvecka",
    "AvserFrom": "AvserTom",
    "AvstangdFrom": "AvstangdTom",
    "BeslutFrom": "BeslutTom",
    "fromDatum": "tomDatum",
}
"""What the agencies call the first and the last day of a period."""
BEGINNINGS = [way for way in DAYS if way[-1] in PERIODS]


def test_every_sort_of_period_is_tried() -> None:
    assert {way[-1] for way in BEGINNINGS} == PERIODS.keys()


@swept("way", BEGINNINGS, ids=label)
def test_a_period_that_ends_before_it_begins_is_told_where_it_stands(way: Way) -> None:
    """Once, at the row that it is a part of."""
    changed = register_answers(with_value(FULL, way, "2031-05-06"))
    (row,) = [each.where for each in changed.unmapped if each.kind == "backwards"]
    assert dotted(way).startswith(f"{row}.")
    assert "." in row


@pytest.mark.slow
@swept("way", AMOUNTS, ids=label)
@swept("written", ["tusen", "1 250:-", "10.000", "NaN", "1e3"])
def test_an_amount_that_cannot_be_read_in_one_way_is_told(way: Way, written: str) -> None:
    assert told(register_answers(with_value(FULL, way, written)))


@pytest.mark.slow
@swept("way", CURRENCIES, ids=label)
@swept("currency", ["EUR", "USD", "sek", "kr", "752"])
def test_an_amount_in_anything_but_kronor_is_told(way: Way, currency: str) -> None:
    assert told(register_answers(with_value(FULL, way, currency)))


@pytest.mark.slow
@swept("way", CODES, ids=label)
def test_a_code_that_nobody_knows_is_told_or_kept_as_it_stands(way: Way) -> None:
    """Rules ask about words that they do not know; nothing becomes a word that they do."""
    changed = register_answers(with_value(FULL, way, "QQQ"))
    assert changed != BEFORE or pattern(way) in SAME_WHATEVER


@pytest.mark.slow
@swept("way", [way for way, _ in values()], ids=label)
@swept("odd", [["QQQ", "RRR"], {"QQQ": "1"}], ids=["list", "object"])
def test_a_list_or_an_object_where_a_value_should_be_is_told(way: Way, odd: Json) -> None:
    changed = register_answers(with_value(FULL, way, odd))
    assert told(changed) or changed.answers != BEFORE.answers


def objects(node: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every object of an answer, with its place."""
    if isinstance(node, dict):
        yield way, node
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, inner in inside:
        yield from objects(inner, (*way, name))


ALONE = [way for way, _ in objects(FULL) if way and isinstance(way[-1], str)]
"""The objects that stand under a name, and not in a list."""
_CASE = "csn.Personer.Person.Studiemedel.Arenden.Arende"
MAY_BE_SEVERAL = {
    _CASE: "a person may have several cases",
    f"{_CASE}.UtbetalningsPlan.Utbetalning.Utbetaldatider.Utbetaldtid": "a payment may be for several times",
    "so.ArbetsloshetsersattningLista.Arbetsloshetsersattning": "several funds answer",
    "skv.PersonuppgiftLista.Personuppgift.Kapitaluppgift": "several years",
}


@pytest.mark.slow
@swept("way", ALONE, ids=label)
def test_two_where_there_should_be_one_are_told(way: Way) -> None:
    """An agency that answers twice, or a part of an answer that stands twice."""
    node: Json = FULL
    for part in way:
        node = node[part]
    changed = register_answers(with_value(FULL, way, [node, copy.deepcopy(node)]))
    assert told(changed) or pattern(way) in MAY_BE_SEVERAL


def test_an_agency_that_stands_twice_in_a_case_is_refused() -> None:
    for agency in Agency:
        own = json.dumps(FULL[agency.value])
        with pytest.raises(InputError):
            read_json(f'{{"{agency.value}": {own}, "{agency.value}": {own}}}'.encode())


LISTS: dict[Agency, Way] = {
    Agency.AF: ("af", "Svar"),
    Agency.FK: ("fk", "formansinformation", "utbetalningsuppgift"),
    Agency.CSN: ("csn", "Personer"),
    Agency.SO: ("so", "ArbetsloshetsersattningLista"),
    Agency.SKV: ("skv", "PersonuppgiftLista"),
    Agency.TNS: ("tns", "resultat"),
    Agency.MIV: ("miv", "response"),
}
"""Where each agency has what it answers, beside saying that all is well."""


@pytest.mark.parametrize("agency", Agency)
def test_an_answer_without_its_list_is_no_answer_of_nothing(agency: Agency) -> None:
    answers = copy.deepcopy(FULL)
    extra = {Agency.SO: "IdentificationNumber", Agency.CSN: "schemaVersion"}
    if agency in extra:
        answers[agency.value][extra[agency]] = "198802092380" if agency is Agency.SO else "4.0"
    changed = register_answers(without(answers, LISTS[agency]))
    assert changed.answers[agency] is not AgencyAnswer.ANSWERED or told(changed)


def test_a_csn_case_without_a_plan_of_payments_is_told() -> None:
    way: Way = ("csn", "Personer", "Person", "Studiemedel", "Arenden", "Arende", "UtbetalningsPlan")
    assert told(register_answers(without(FULL, way)))


def test_a_provider_that_nobody_knows_is_told() -> None:
    more = {"utlamnare": {"kod": "XX"}, "tillstand": {"kod": "OK"}}
    way: Way = ("fk", "utlamnare")
    changed = register_answers(with_value(FULL, way, [*FULL["fk"]["utlamnare"], more]))
    assert told(changed) == {"fk.utlamnare: utlämnaren ”XX” är inte känd."}


def test_every_case_of_the_contract_that_can_be_open_or_refused_is_read() -> None:
    types = lefi.fields()
    can_be = {name for name, kind in types["Formansinformation"].items() if kind and "aktivt" in types[kind]}
    assert can_be - LEFI.cases.keys() == {"underhallsstodskrav"}  # a claim against the person, no benefit


def test_no_value_that_is_read_is_in_a_table_of_the_unused() -> None:
    assert [path for path in SEEN if path[0] != "fk" and unused.is_unused(path)] == []


def whole(kind: str) -> Json:
    """Something of a type of LEFI in which every field of the contract stands, each list with one member."""
    return {name: "1" if inner is None else whole(inner) for name, inner in lefi.fields()[kind].items()}


def of_the_contract() -> Iterator[tuple[str, Json]]:
    """Answers whose every object is one that the contract or an example of it has, by agency and part."""
    for name, kind in lefi.fields()["Svar"].items():
        if kind != "Formansinformation":
            yield f"fk {name}", {"fk": {**AGENCIES["fk"], name: [whole(str(kind))]}}
    for name, kind in lefi.fields()["Formansinformation"].items():
        more = {**AGENCIES["fk"]["formansinformation"], name: [whole(str(kind))]}
        yield f"fk {name}", {"fk": {**AGENCIES["fk"], "formansinformation": more}}
    for agency in Agency:
        example = json.loads((FIXTURES / f"{agency}-expected.json").read_text(encoding="utf-8"))
        yield f"{agency} in the example", {agency.value: example[agency.value]}
        yield f"{agency} in full", {agency.value: FULL[agency.value]}


def test_all_that_is_read_of_any_answer_stands_in_the_one_that_is_swept() -> None:
    swept_places, read = {pattern(way) for way in SEEN}, set()
    for _, answers in of_the_contract():
        for agency, answer in answers.items():
            place = Place(answer, (agency,))
            READERS[Agency(agency)](place, AgencyFindings())
            read |= {pattern(way) for way in place.seen}
    assert sorted(read - swept_places) == []


ASKED_BY_US = ("af.Fraga", "csn.GemensamtFragaEkbistand")
"""Parts that repeat our own question, of which nothing is used whatever stands there."""


@pytest.mark.slow
@swept("named", list(of_the_contract()), ids=lambda named: named[0])
def test_a_field_that_no_contract_has_is_told_wherever_it_stands(named: tuple[str, Json]) -> None:
    answers = copy.deepcopy(named[1])
    spots = [(way, node) for way, node in objects(answers) if way]
    for _, node in spots:
        node["nytt_fält"] = "25000"
    said = {each.where for each in register_answers(answers).unmapped}
    places = {dotted((*way, "nytt_fält")) for way, _ in spots}
    assert places
    assert sorted(place for place in places - said if not place.startswith(ASKED_BY_US)) == []


def test_a_list_in_a_part_that_is_only_partly_read_is_told() -> None:
    """Civil status, currency and period in a list: the contract has them as one."""
    base: Way = ("fk", "formansinformation")
    for way in (
        (*base, "generellPersoninformation", 0, "civilstand"),
        (*base, "utbetalningsuppgift", 0, "period"),
        (*base, "utbetalningsuppgift", 0, "nettobelopp", "valuta"),
    ):
        node: Any = FULL
        for part in way:
            node = node[part]
        assert told(register_answers(with_value(FULL, way, [node]))), way
