"""The person, an address, a workplace and those whom the register ties to the person."""

from __future__ import annotations

from datetime import date
from typing import Any

from decision_service.registers.ssbtek import register_answers
from tests.decision_service.registers.ssbtek.lefi import lefi
from tests.world.sweeps import swept
from tests.world.unread import sentences


def test_the_person_and_that_the_person_has_died() -> None:
    person = {
        "personnummer": "8802092380",
        "namn": "Test Exempelsson",
        "skyddad": False,
        "avled": ["2026-10-02"],
        "civilstand": {"id": 2, "beskrivning": "Gift"},
        "folkbokford": [{"lan": "13", "kommun": "84"}],
        "barn": [{"foddes": "2014-12-01", "namn": "Barn", "skyddad": False, "avled": []}],
        "adress": [{"utdelningadress": ["Exempelgatan 1"], "postnummer": "43430", "postort": "Kungsbacka"}],
    }
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [person]}))
    assert found.registered is not None
    assert found.registered.municipalities == ("1384",)
    assert (found.registered.civil_status, found.registered.civil_status_name) == ("2", "Gift")
    assert [child.day for child in found.registered.children] == [date(2014, 12, 1)]
    assert found.registered.died == ("2026-10-02",)
    assert sentences(found) == (
        "fk.formansinformation.generellPersoninformation[0].avled[0]:"
        " personen är registrerad som avliden (2026-10-02).",
    )


def test_what_is_odd_about_somebody_whom_the_register_ties_to_the_person_is_told() -> None:
    """A number that is none, a death, and what the contract does not have."""
    tied = {"personnummer": "QQQ", "foddes": "1986-03-03", "avled": ["2026-10-02"], "inkomst": "25000"}
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [{"samhorig": [tied]}]}))
    assert found.registered is not None
    assert found.registered.related == ("19860303",)
    place = "fk.formansinformation.generellPersoninformation[0].samhorig[0]"
    assert set(sentences(found)) == {
        f"{place}.personnummer: personnumret går inte att läsa.",
        f"{place}.avled[0]: den som personen är knuten till är registrerad som avliden (2026-10-02).",
        f"{place}.inkomst: ”25000” kan vara ett belopp och är inte tolkat.",
    }


def test_a_workplace_is_a_name_and_what_the_contract_does_not_have_of_it_is_told() -> None:
    """Its number and address are in the contract, and not used."""
    work = {
        "namn": "Verkstan",
        "nummer": "17",
        "lon": "25000",
        "arbetsgivare": {"namn": "Exempel AB", "organisationsnummer": "5560000000", "utbetaldLon": "26000"},
    }
    found = register_answers(
        lefi(formansinformation={"generellPersoninformation": [{"arbetsstallen": [work]}]})
    )
    assert found.registered is not None
    assert found.registered.workplaces == ("Exempel AB",)
    place = "fk.formansinformation.generellPersoninformation[0].arbetsstallen[0]"
    assert sentences(found) == (
        f"{place}.lon: ”25000” kan vara ett belopp och är inte tolkat.",
        f"{place}.arbetsgivare.utbetaldLon: ”26000” kan vara ett belopp och är inte tolkat.",
    )


ABROAD = "adressen är i ett annat land"
ELSEWHERE = "personen har en annan adress än den i folkbokföringen"


@swept(
    ("address", "told"),
    [
        ({"roller": [{"id": 1, "beskrivning": "Folkbokföringsadress"}]}, None),
        ({"roller": [{"id": 2, "beskrivning": "Särskild adress"}]}, ELSEWHERE),
        ({"roller": [{"id": 2}]}, ELSEWHERE),
        ({"roller": [{"beskrivning": "Särskild adress"}]}, ELSEWHERE),
        ({"roller": {"id": 1, "beskrivning": "Vistelseadress"}}, ELSEWHERE),
        ({"roller": [{"id": 3, "beskrivning": "Utlandsadress"}]}, ABROAD),
        ({"roller": [{"id": 3}], "land": {"kod": "SE", "namn": "Sverige"}}, ABROAD),
        ({"roller": ["Utlandsadress"]}, ABROAD),
        ({"roller": [{"id": 4, "beskrivning": "Ny"}]}, "adressens roll är ”4”, som inte är känd"),
        ({"roller": [{"beskrivning": "Ny"}]}, "adressens roll är ”Ny”, som inte är känd"),
        ({"roller": [{}]}, None),
        ({"land": {"kod": "SE", "namn": "Sverige"}}, None),
        ({"land": {"kod": "se"}}, None),
        ({"land": {"kod": "NO", "namn": "Sverige"}}, ABROAD),
        ({"land": {"kod": "SE", "namn": "Norge"}}, ABROAD),
        ({"land": {"namn": "Norge"}}, ABROAD),
    ],
)
def test_an_address_is_what_its_role_and_its_country_say(address: Any, told: str | None) -> None:
    """The numbers of roles are those of the contract; a country is Sweden when all that is said of it is."""
    person = {"adress": [{"postnummer": "43430", **address}]}
    said = sentences(register_answers(lefi(formansinformation={"generellPersoninformation": [person]})))
    assert [told in each for each in said if told] == ([True] if told else [])
    assert len(said) == (told is not None)


def test_a_child_that_has_died_is_told_and_is_no_child_of_the_household() -> None:
    person = {"barn": [{"foddes": "2014-12-01", "avled": ["2026-01-02"]}, {"namn": "Utan dag"}]}
    found = register_answers(lefi(formansinformation={"generellPersoninformation": [person]}))
    assert found.registered is not None
    assert found.registered.children == ()
    where = "fk.formansinformation.generellPersoninformation[0].barn"
    assert f"{where}[0].avled[0]: ett barn är registrerat som avlidet (2026-01-02)." in sentences(found)
    assert f"{where}[1]: ett barn saknar födelsedag." in sentences(found)
