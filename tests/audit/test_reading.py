"""A trail in words. One whole trail is kept here, so that it can be read."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from audit import ActorKind, EntryKind, deletion, reading, retention, trail
from audit.document import split
from tests.audit.world import ASSESSMENT, MACHINE, START, WORKER, World


def opened(world: World, withhold: tuple[str, ...] = ()) -> list[trail.OpenedEntry]:
    with world.engine.connect() as connection:
        return trail.read_case(connection, world.keys, "1287", "c-1", withhold)


def test_a_whole_trail(memory_world: World) -> None:
    world = memory_world
    world.decide()
    world.append(
        kind=EntryKind.LETTER,
        purpose="beslutsbrev",
        decision="b-1",
        body={"channel": "post"},
        personal={"text": "Hej Alva!"},
    )
    world.append(kind=EntryKind.ACCESS, purpose="begäran om insyn från den sökande")
    world.append(
        kind=EntryKind.OVERRIDE,
        purpose="höjt belopp",
        decision="b-1",
        body={"outcome": "BIFALL"},
        personal={"reason": "Hyran höjdes den 1 november.", "granted": 850000},
    )
    assert (
        reading.render(opened(world))
        == """\
SPÅR FÖR ÄRENDE c-1, KOMMUN 1287
Återgivet ur granskningsloggen. Tiderna är svensk tid.

TIDSLINJE
1. 2026-11-20 09:12:01  Ansökan togs emot av den sökande
   ansökan om försörjningsstöd
2. 2026-11-20 09:12:02  Uppgifter hämtades av maskinen (lagrum)
   uppgifter från register
3. 2026-11-20 09:12:03  Ansökan prövades av maskinen (lagrum)
   prövning av ansökan
4. 2026-11-20 09:12:04  Brev skickades av maskinen (lagrum)
   beslutsbrev
5. 2026-11-20 09:12:05  Ärendet lästes av en person (h-17)
   begäran om insyn från den sökande
6. 2026-11-20 09:12:06  Maskinens förslag ändrades av en person (h-17)
   höjt belopp

PRÖVNING 1: BIFALL
Prövat 2026-11-20 09:12:03 av maskinen (lagrum).
Regelversion rel-1. Program lagrum 0.1.0.
Avser 2026-11.
De två regelmotorerna kom fram till samma sak.

Beräkning
        3 980,00 kr  Personliga kostnader för Alva:
                     riksnorm.vuxen, SoL 12 kap. 7 §
        3 980,00 kr  Norm
        5 400,00 kr  Kostnader
            0,00 kr  Övriga kostnader
        1 000,50 kr  Inkomster
       −8 379,50 kr  Resultat
        8 379,50 kr  Beviljat

Regler som gällde (1)
   riksnorm.vuxen (för p1)
      Lagrum: SoL 12 kap. 7 §, SocF 12 kap. 2 §
      Uppgifter:
         vuxen.sambo: nej
         vuxen.ålder: 38
      Gav 3 980,00 kr: Personliga kostnader för Alva:

Regler som prövades men inte gällde (2)
   jobbstimulans (för p1)
      Lagrum: SoL 12 kap. 8 §
      Uppgifter:
         lön: saknas
         vuxen.månader_i_rad: 3
   jobbstimulans (för p2)
      Lagrum: SoL 12 kap. 8 §
      Uppgifter:
         vuxen.månader_i_rad: 0

Uppgifter som prövningen byggde på (fält utan uppgift visas inte)
   application:
      rent: 5400
      salary: 1000.50
   people 1:
      born: 1988-02-09
      first_name: Alva
      id: p1
   schema: arende/1

VAD MASKINEN GJORDE
2. Uppgifter hämtades av maskinen (lagrum): uppgifter från register.
   answers: 7
   source: ssbtek
   first_name: Alva
   salary: 1000.50
3. Ansökan prövades av maskinen (lagrum): prövning av ansökan.
   Se prövningen ovan.
4. Brev skickades av maskinen (lagrum): beslutsbrev.
   channel: post
   text: Hej Alva!

VAD MÄNNISKOR GJORDE
1. Ansökan togs emot av den sökande: ansökan om försörjningsstöd.
   form: ansökan/3
   form_sha256: c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0
   rent: 5400
5. Ärendet lästes av en person (h-17): begäran om insyn från den sökande.
6. Maskinens förslag ändrades av en person (h-17): höjt belopp.
   utfall: BIFALL
   beviljat: 8 500,00 kr
   skäl: Hyran höjdes den 1 november.
"""
    )


def test_the_timeline_as_data(memory_world: World) -> None:
    memory_world.decide()
    first, *_ = reading.timeline(opened(memory_world))
    assert first == reading.Event(
        seq=1,
        number=1,
        time=datetime(2026, 11, 20, 9, 12, 1, tzinfo=retention.SWEDEN),
        by=ActorKind.APPLICANT,
        who="p1",
        what="Ansökan togs emot",
        why="ansökan om försörjningsstöd",
    )


def test_what_is_withheld_is_named(memory_world: World) -> None:
    memory_world.decide()
    text = reading.render(opened(memory_world, withhold=("salary", "assessment.rules", "inputs")))
    assert "   Utelämnade uppgifter: salary.\n" in text
    assert "   Utelämnade uppgifter: assessment.rules, inputs.\n" in text
    assert "1000.50" not in text
    assert "vuxen.ålder" not in text
    assert "   riksnorm.vuxen\n      Lagrum: SoL 12 kap. 7 §, SocF 12 kap. 2 §\n" in text
    assert "VARNING" not in text


def test_after_deletion_the_skeleton_is_read(memory_world: World) -> None:
    world = memory_world
    world.decide()
    now = START.replace(year=2033)
    with world.engine.begin() as connection:
        deletion.delete_case(world.log, connection, "1287", "c-1", retention.load(), {9}, now, MACHINE)
    text = reading.render(opened(world))
    assert "PRÖVNING 1: BIFALL\n" in text
    assert "Regler som gällde (1)\n   riksnorm.vuxen\n" in text
    assert "   Gallrade uppgifter: first_name, salary.\n" in text
    assert "4. 2033-11-20 09:12:00  Personuppgifterna gallrades av maskinen (lagrum)\n" in text
    assert "   lagrum: SoL (2025:400) 16 kap. 1 §\n" in text
    for secret in ("Alva", "1988", "1000.50", "8 379,50"):
        assert secret not in text


def test_more_may_stand_in_the_open_part(memory_world: World) -> None:
    body, personal = split("assessment", ASSESSMENT)
    body |= {"delegation": "SN 2026:14"}
    memory_world.append(
        kind=EntryKind.ASSESSMENT, release="rel-1", body=body, personal={**personal, "inputs": {}}
    )
    text = reading.render(opened(memory_world))
    assert "VARNING" not in text
    assert "De två regelmotorerna kom fram till samma sak.\ndelegation: SN 2026:14\n" in text


def test_an_open_part_that_contradicts_the_vault_is_pointed_out(memory_world: World) -> None:
    body, personal = split("assessment", {**ASSESSMENT, "outcome": "AVSLAG"})
    memory_world.append(
        kind=EntryKind.ASSESSMENT,
        release="rel-1",
        body={**body, "outcome": "BIFALL"},
        personal={**personal, "inputs": {}},
    )
    assert (
        "VARNING: det som står öppet i loggen är inte samma sak som dokumentet i valvet.\n"
        in reading.render(opened(memory_world))
    )


def test_a_decision_for_a_person(memory_world: World) -> None:
    """Engines that differ, undecided rules, reasons, unconfirmed amounts, a state nobody has heard of."""
    document = copy.deepcopy(ASSESSMENT)
    document |= {
        "outcome": "HANDLAGGARE",
        "proposed_outcome": "BIFALL",
        "automatic": False,
        "engines": {"agree": False, "fired": []},
        "reasons": [{"code": "ENGINES", "text": "Motorerna gav olika svar."}],
        "unconfirmed": ["riksnorm.2027"],
    }
    document["rules"][0]["state"] = "undecided"
    document["rules"][1]["state"] = "okänt"
    body, personal = split("assessment", document)
    memory_world.append(
        kind=EntryKind.ASSESSMENT, actor=WORKER, release="rel-1", body=body, personal=personal
    )
    text = reading.render(opened(memory_world))
    assert "av en person (h-17).\n" in text
    assert "Maskinens förslag: BIFALL.\n" in text
    assert "De två regelmotorerna kom INTE fram till samma sak.\n" in text
    assert "Regler som inte gick att avgöra (1)\n   riksnorm.vuxen (för p1)\n" in text
    assert "okänt (1)\n   jobbstimulans (för p1)\n" in text
    assert "Frågor som står öppna (1)\n   code: ENGINES\n   text: Motorerna gav olika svar.\n" in text
    assert "Belopp och regler som ingen har bekräftat\n   riksnorm.2027\n" in text
    assert "VAD MASKINEN GJORDE\nIngenting.\n" in text
    assert "Gav:" not in text


def test_every_kind_has_words() -> None:
    assert set(reading._WHAT) == set(EntryKind)


def test_a_decision_with_nothing_personal_and_a_case_with_nothing_in_it(memory_world: World) -> None:
    memory_world.append(kind=EntryKind.DECISION, decision="b-1", body={"outcome": "AVVISNING"})
    text = reading.render(opened(memory_world))
    assert "BESLUT b-1: AVVISNING\nFattat 2026-11-20 09:12:01 av maskinen (lagrum).\n" in text
    assert "VARNING" not in text
    assert reading.render([]) == "Ärendet har inga poster i loggen.\n"


def test_rules_facts_and_codes_in_the_words_of_whoever_wrote_them(memory_world: World) -> None:
    world = memory_world
    world.decide()
    words = reading.TrailWords(
        names={"source": "källa", "first_name": "förnamn"},
        codes={"ssbtek": "registren", "BIFALL": "bifall", "Alva": "ett kodord"},
        rule=lambda release, rule, month: (
            f"{rule} i {release}, {month}" if rule == "riksnorm.vuxen" else None
        ),
        fact=lambda release, name, value: f"{value} år" if name == "vuxen.ålder" else None,
    )
    text = reading.render(opened(world), words)
    assert "PRÖVNING 1: bifall\n" in text
    assert "   riksnorm.vuxen i rel-1, 2026-11 (för p1)\n      Regel: riksnorm.vuxen\n" in text
    assert "         vuxen.ålder: 38 år\n" in text
    assert "         vuxen.sambo: nej\n" in text
    assert "   källa: registren\n   förnamn: Alva\n" in text, "a personal value is no code"


def test_what_a_person_must_decide_is_no_decision(memory_world: World) -> None:
    """Its questions come first, whom they are about by name; nothing says that anything was decided."""
    document = copy.deepcopy(ASSESSMENT)
    question = {
        "kind": "person",
        "code": "HYRA",
        "question": "Är hyran skälig?",
        "provision": "SoL 12 kap. 7 §",
    }
    document |= {
        "outcome": "HANDLAGGARE",
        "automatic": False,
        "reasons": [
            {**question, "subject": "p1", "label": "Alva"},
            {**question, "question": "Är den skälig?", "subject": "costs[0]", "label": "Hyra"},
        ],
        "rules": [
            *document["rules"],
            *(
                {"id": each, "state": "fired", "subject": f"costs[{at}]"}
                for at, each in enumerate(("hyra", "el"))
            ),
        ],
        "engines": {"agree": False, "fired": [], "differences": ["fired: only exact has x"]},
        "unread": ["fk.x: ”1.5” kan vara ett belopp och är inte tolkat."],
    }
    body, personal = split("assessment", document)
    memory_world.append(
        kind=EntryKind.ASSESSMENT, release="rel-1", body=body, personal={**personal, "inputs": {}}
    )
    text = reading.render(opened(memory_world), reading.TrailWords({"costs": "kostnader"}))
    assert "Ansökan prövades av maskinen (lagrum)\n" in text
    assert "PRÖVNING: HANDLAGGARE\nPrövat 2026-11-20" in text
    assert (
        "Frågor som står öppna (2)\n   Är hyran skälig?\n      person, HYRA\n      Lagrum: SoL 12 kap. 7 §\n"
        in text
    )
    assert "fram till samma sak.\n   fired: only exact has x\n" in text
    assert "Det som inte gick att tolka\n   fk.x: ”1.5” kan" in text
    assert "   riksnorm.vuxen (för Alva, p1)\n" in text
    assert "   hyra (för Hyra, kostnader 1)\n" in text
    assert "   el (för kostnader 2)\n" in text
    assert "costs[" not in text
    assert "   Se prövningen ovan.\n" in text
    assert "Beslut fattades" not in text
    assert "BESLUT" not in text


DECIDED: dict[str, Any] = {
    "schema": "beslut/1",
    "id": "b-1",
    "outcome": "BIFALL",
    "granted": 837_950,
    "automatic": False,
    "decided_by": "h-17",
    "approved_by": "c-2",
    "reason": "Hyran är skälig.",
    "assessment": {"number": 1, "receipt": "5f" * 32},
}


def test_a_decision_stands_beside_the_assessment_it_rests_on(memory_world: World) -> None:
    memory_world.decide()
    body, personal = split("decision", DECIDED)
    memory_world.append(
        kind=EntryKind.DECISION, actor=WORKER, decision="b-1", release="rel-1", body=body, personal=personal
    )
    text = reading.render(opened(memory_world))
    assert "Ansökan prövades av maskinen (lagrum)\n" in text
    assert "Beslut fattades av en person (h-17)\n" in text
    assert "BESLUT b-1: BIFALL\nFattat 2026-11-20" in text
    assert "Beviljat: 8 379,50 kr.\nGodkänt av en person (c-2).\n" in text
    assert "Vilar på prövning 1.\nskäl: Hyran är skälig.\n" in text
    assert "   Se beslutet ovan.\n" in text


def test_what_is_left_of_a_decision_says_nothing_of_money_or_reasons(memory_world: World) -> None:
    body, _ = split("decision", DECIDED)
    assert body == {"outcome": "BIFALL", "automatic": False, "approved_by": "c-2"}


def test_a_fact_of_a_rule_is_shown_with_where_it_came_from(memory_world: World) -> None:
    document = copy.deepcopy(ASSESSMENT)
    fact = {"value": 38, "origin": "personerna i ärendet, fältet Födelsedag"}
    document["rules"][0]["facts"]["vuxen.ålder"] = fact
    body, personal = split("assessment", document)
    memory_world.append(kind=EntryKind.ASSESSMENT, release="rel-1", body=body, personal=personal)
    shown = "vuxen.ålder: 38 (personerna i ärendet, fältet Födelsedag)\n"
    assert shown in reading.render(opened(memory_world))


def test_a_rule_that_names_what_it_read_is_shown_with_it_or_told_that_it_is_left_out(
    memory_world: World,
) -> None:
    document = copy.deepcopy(ASSESSMENT)
    [first, *_] = document["rules"]
    del first["facts"]
    first["reads"] = ["ansökan.stickprov", "vuxen.ålder", "vuxen.sambo"]
    age, sample = {"origin": "ansökan", "value": 38}, {"origin": "kommunens inställning", "value": False}
    document["facts"] = [
        {"subject": None, "values": {"ansökan.stickprov": sample}},
        {"subject": "p1", "values": {"vuxen.ålder": age}},
        {"subject": "p2", "values": {"vuxen.sambo": sample}},
    ]
    body, personal = split("assessment", document)
    memory_world.append(kind=EntryKind.ASSESSMENT, release="rel-1", body=body, personal=personal)
    text = reading.render(opened(memory_world))
    assert "ansökan.stickprov: nej (kommunens inställning)\n" in text
    assert "vuxen.ålder: 38 (ansökan)\n" in text
    assert "vuxen.sambo: utelämnad\n" in text
    hidden = reading.render(opened(memory_world, withhold=("assessment.facts",)))
    assert "vuxen.ålder: utelämnad\n" in hidden


def test_a_text_of_many_lines_keeps_them(memory_world: World) -> None:
    memory_world.append(kind=EntryKind.LETTER, decision="b-1", personal={"text": "Hej!\n\nDu får 100 kr."})
    assert "   text: Hej!\n\n      Du får 100 kr.\n" in reading.render(opened(memory_world))


def test_fields_without_a_value_are_left_out_of_what_was_decided_on(memory_world: World) -> None:
    body, personal = split("assessment", ASSESSMENT)
    inputs = {"rent": None, "costs": [], "signed": False, "people": [{"id": "p1", "born": None}]}
    memory_world.append(
        kind=EntryKind.ASSESSMENT,
        release="rel-1",
        body=body,
        personal={**personal, "inputs": inputs},
    )
    shown = "visas inte)\n   people 1:\n      id: p1\n   signed: nej\n\nVAD MASKINEN"
    assert shown in reading.render(opened(memory_world))
