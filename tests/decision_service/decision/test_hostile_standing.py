"""An answer stands for what it was about, in a later month too, and for nothing else that looks the same to a
rule: as many files, another benefit, another car."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from decision_service.decision.document import Reason
from decision_service.reading.place import LONGEST_SAID, Place
from decision_service.reading.unread import Unread, unmapped, unread, untold
from tests.decision_service.decision.test_asked import FK, PAID, put
from tests.world.cases import assessed, judged, raw
from tests.world.sweeps import share, swept

Patch = tuple[str, Any]
REFUSED = f"{FK}/sjukpenningarende"
VEHICLES = "/registers/tns/fordonsinnehav"
PENDING = ("/application/hasPendingBenefits", True)
ASSETS = ("/application/hasAssets", True)


def file(name: str, id_: str) -> Patch:
    """A file that came with the application."""
    return "/application/attachments", [{"category": "Hyresavi", "name": name, "fileId": id_}]


def asset(**said: Any) -> Patch:
    """Something owned that is worth nothing."""
    return "/application/assets", [{"assetCategory": "VEHICLE", "value": 0, **said}]


def vehicle(registration: str) -> Patch:
    """A vehicle in the register."""
    return VEHICLES, {"fordon": [{"regnr": registration, "fabrikat": "Volvo", "fordonsar": "2004"}]}


def registered(**said: Any) -> Patch:
    """What Försäkringskassan has of the person."""
    return f"{FK}/generellPersoninformation", [said]


def stays(postal_code: str) -> Patch:
    """An address where the person only stays."""
    return registered(adress=[{"postnummer": postal_code, "roller": [{"beskrivning": "Vistelseadress"}]}])


def died(day: str) -> Patch:
    """A child that is no longer alive."""
    return registered(barn=[{"foddes": "2014-12-01", "avled": [day]}])


def told(*each: Unread) -> Patch:
    """What an adapter could not read."""
    return "/unmapped", [asdict(one) for one in each]


def extra(day: str) -> Patch:
    """A payment of a day that has an amount nobody knows, beside the amount that it pays."""
    net = {**PAID["nettobelopp"], "extra": "900"}
    return f"{FK}/utbetalningsuppgift", [{**PAID, "datum": f"2026-10-{day}", "nettobelopp": net}]


LONG = "Hej. " * 40


KINDS: dict[str, tuple[str, list[Patch], list[Patch], list[Patch]]] = {
    "what could not be read": (
        "OTOLKADE_UPPGIFTER",
        [],
        [told(unmapped(("rent",), "6.200"))],
        [told(unmapped(("salary", 0), "25 000"))],
    ),
    "a file of another name": ("BILAGOR", [], [file("avi.pdf", "1")], [file("uppsagning.pdf", "1")]),
    "another file of the same name": ("BILAGOR", [], [file("IMG_1.jpg", "1")], [file("IMG_1.jpg", "2")]),
    "the benefit that is awaited": (
        "VÄNTAD_FÖRMÅN",
        [PENDING],
        [("/application/pendingBenefits", [{"benefitName": "Bostadsbidrag"}])],
        [("/application/pendingBenefits", [{"benefitName": "Sjukpenning från juni"}])],
    ),
    "whose benefit is awaited": (
        "VÄNTAD_FÖRMÅN",
        [PENDING],
        [("/application/pendingBenefits", [{"benefitName": "Sjukpenning", "applicantName": "Alma"}])],
        [("/application/pendingBenefits", [{"benefitName": "Sjukpenning", "applicantName": "Bo"}])],
    ),
    "what is owned, by its words": (
        "TILLGÅNG",
        [ASSETS],
        [asset(description="Cykel")],
        [asset(description="Segelbåt")],
    ),
    "what is owned, by its number": (
        "TILLGÅNG",
        [ASSETS],
        [asset(vehicleType="CAR", registrationNumber="ABC123")],
        [asset(vehicleType="CAR", registrationNumber="XYZ987")],
    ),
    "what is owned, by when it was bought": (
        "TILLGÅNG",
        [ASSETS],
        [asset(purchaseDate="2009-04-01")],
        [asset(purchaseDate="2026-09-01", purchasePrice=45000)],
    ),
    "a vehicle in the register": ("FORDON", [], [vehicle("ABC123")], [vehicle("XYZ987")]),
    "what is said after a long beginning": (
        "OTOLKADE_UPPGIFTER",
        [],
        [told(unmapped(("ovrigt",), LONG + "Allt är som förut."))],
        [told(unmapped(("ovrigt",), LONG + "Min sambo flyttade in i oktober."))],
    ),
    "what is said after the longest beginning": (
        "OTOLKADE_UPPGIFTER",
        [],
        [told(unmapped(("ovrigt",), LONG * 10 + "Allt är som förut."))],
        [told(unmapped(("ovrigt",), LONG * 10 + "En sambo flyttade."))],
    ),
    "an amount after a long beginning": (
        "OTOLKADE_UPPGIFTER",
        [],
        [told(unmapped(("hyra",), "1" + " " * 50 + "000"))],
        [told(unmapped(("hyra",), "1" + " " * 50 + "900"))],
    ),
    "an unknown amount of another payment": ("OTOLKADE_UPPGIFTER", [], [extra("27")], [extra("28")]),
    "where somebody stays": ("OTOLKADE_UPPGIFTER", [], [stays("23142")], [stays("21142")]),
    "a child that has died": ("OTOLKADE_UPPGIFTER", [], [died("2026-01-02")], [died("2026-09-02")]),
    "what is left out of a long list": (
        "OTOLKADE_UPPGIFTER",
        [],
        [told(*untold(Place({"a": "en", "b": "två"}), lambda _: False, most=1)[-1:])],
        [told(*untold(Place({"a": "en", "b": "tre"}), lambda _: False, most=1)[-1:])],
    ),
    "which benefit was refused": (
        "FÖRMÅN_AVSLAGEN",
        [],
        [(f"{FK}/sjukpenningarende", [{"avslaget": True}])],
        [(f"{FK}/bostadsbidragsarende", [{"avslaget": True}])],
    ),
}


def answer_to(reason: Reason) -> dict[str, Any]:
    """That a handläggare has answered a question in an earlier month, and until when it stands."""
    return {
        "id": "s1",
        "question": reason.id,
        "code": reason.code,
        "rule": reason.rule,
        "subject": reason.subject,
        "fact": reason.sets,
        "value": True if reason.sets is None else "0",
        "by": "Handläggaren",
        "role": "handläggare",
        "at": "2026-09-28T09:00:00Z",
        "until": "2027-06-30",
        "standing": True,
        "rests_on": json.loads(reason.model_dump_json())["rests_on"],
    }


def codes(patches: list[Patch], **more: Any) -> tuple[Reason, ...]:
    """The questions of a single adult's renewal with some patches."""
    case = raw("ensam-bifall")
    for pointer, value in patches:
        put(case, pointer, value)
    return judged(case | more).reasons


@swept("kind", KINDS)
def test_an_answer_stands_for_the_same_and_not_for_another(kind: str) -> None:
    code, both, one, other = KINDS[kind]
    (asked,) = (each for each in codes([*both, *one]) if each.code == code)
    given = answer_to(asked)
    later = codes([*both, *one], answers=[given], received_at="2026-10-28T11:00:00Z")
    assert code not in {each.code for each in later}
    (again,) = (each for each in codes([*both, *other], answers=[given]) if each.code == code)
    assert again.question != asked.question or again.rests_on != asked.rests_on


def not_counted(*amounts: str) -> Patch:
    """Payments that cannot be counted, told in the same words."""
    period = {"fran": "2026-10-05", "till": "2026-10-01"}
    paid = [
        {**PAID, "period": period, "nettobelopp": {"summa": each, "valuta": "SEK"}, "extra": "ja"}
        for each in amounts
    ]
    return f"{FK}/utbetalningsuppgift", paid


def unread_costs(which: str) -> Patch:
    """Costs without an amount, told in the same words at the same place."""
    return told(*(unread("rent", "cost_without_amount", each) for each in which))


@swept("standing", [False, True])
def test_an_answer_closes_nothing_else_that_is_told_in_the_same_words(standing: bool) -> None:
    """One thing is answered, or two, and when it is asked again there is another beside it or in its place,
    or the same once more."""
    alone, both, turned, another, again = map(unread_costs, ("a", "ab", "ba", "cb", "aa"))

    def asked(patch: Patch, *answers: Any) -> list[Reason]:
        return [each for each in codes([patch], answers=[*answers]) if "OTOLKADE" in each.code and each.rule]

    def said(patch: Patch) -> list[Any]:
        found = enumerate(asked(patch))
        return [answer_to(each) | {"id": f"s{number}", "standing": standing} for number, each in found]

    one, two = said(alone), said(both)
    assert one
    assert two
    assert not asked(alone, *one)
    assert asked(both, *one)
    assert asked(again, *one)
    assert not asked(both, *two)
    assert {each.id for each in asked(turned, *two)} == set()
    assert asked(another, *two)
    assert asked(alone, *two)


def test_an_answer_about_a_payment_of_a_register_closes_nothing_about_another() -> None:
    """They are told of in the same words, each at its own row."""

    def asked(*amounts: str, answers: tuple[Any, ...] = ()) -> list[Reason]:
        found = codes([not_counted(*amounts)], answers=[*answers])
        return [each for each in found if "OTOLKADE" in each.code and each.rule]

    given = tuple(answer_to(each) | {"id": f"s{number}"} for number, each in enumerate(asked("1000")))
    assert given
    assert not asked("1000", answers=given)
    assert (
        len(asked("1000", "9000", answers=given)) == len(asked("1000", "1000", answers=given)) == len(given)
    )
    assert len(asked("9000", answers=given)) == 1


def test_an_answer_in_an_open_case_does_not_outlive_what_it_rested_on() -> None:
    """What was known of a thing when it was answered is not known of what is there now."""
    known, unknown = (told(unread("rent", "cost_without_amount", *each)) for each in (["1"], []))
    (asked,) = (each for each in codes([known]) if each.code == "OTOLKADE_UPPGIFTER")
    given = answer_to(asked) | {"standing": False}
    assert [each.question for each in codes([unknown], answers=[given])] == [asked.question]


@swept("standing", [False, True])
def test_an_answer_stands_when_the_rules_have_ceased_to_read_what_it_rested_on(standing: bool) -> None:
    """What they concluded of a thing, or asked of it when nobody knew, is concluded and unknown still."""
    case = raw("helsingborg-besvarad") | {"answers": []}
    found = assessed(case)
    values, terms = found.evaluation.values, []
    for asked in found.document.reasons:
        if asked.rule is None or asked.takes is None or asked.subject not in found.evaluation.facts.by_id:
            continue
        row = found.evaluation.facts.by_id[asked.subject]
        for term in found.evaluation.law.vocabulary.kinds[row.kind].terms.values():
            seen = values[row.id].get(term.path)
            if term.path not in {*asked.rests_on, *row.values} and isinstance(seen, bool | int | str | None):
                terms.append((asked, row.kind, term.path, seen))
    assert {seen is None for *_, seen in terms} == {True, False}
    for asked, _, path, seen in share(terms, 50, lambda each: (each[1], each[3] is None)):
        given = answer_to(asked) | {"standing": standing}
        given["rests_on"] |= {path: seen}
        assert asked not in judged(case | {"answers": [given]}).reasons, path


def test_each_thing_that_could_not_be_read_is_a_question_that_says_it() -> None:
    said = [unmapped(("rent",), "6.200"), unread("annat", "unknown_field", True, value="ja")]
    asked = codes([told(*said)])
    assert sorted(each.question for each in asked) == sorted(
        f"En uppgift går inte att tolka eller motsäger en annan. {each.sentence} Vad gäller?" for each in said
    )
    # Answered in the same case, one of them is closed wherever the other stands in the list.
    given = answer_to(asked[0]) | {"standing": False}
    left = codes([told(*said[::-1])], answers=[given])
    assert [each.question for each in left] == [asked[1].question]


def test_a_question_says_how_much_of_a_long_text_is_left_out() -> None:
    text = LONG * 10
    assert (
        f"(… {len(text) - LONGEST_SAID} tecken till, kontrollsumma " in unmapped(("ovrigt",), text).sentence
    )
    assert f"”{LONG}”" in unmapped(("ovrigt",), LONG).sentence


NAMELESS: dict[str, tuple[str, list[Patch]]] = {
    "a file without an id": (
        "BILAGOR",
        [("/application/attachments", [{"category": "Hyresavi", "name": "IMG_1.jpg"}])],
    ),
    "another personal number": (
        "OTOLKADE_UPPGIFTER",
        [("/unmapped", ["personalNumber: personnumret är ett annat än i ärendet."])],
    ),
    "a number of somebody": (
        "OTOLKADE_UPPGIFTER",
        [told(unmapped(("incomes", 0, "ovrigt"), "19800101-1231"))],
    ),
    "what was kept as a sentence, whatever it says": (
        "OTOLKADE_UPPGIFTER",
        [("/unmapped", ["rent: beloppet ”6.200” är inte tolkat."])],
    ),
    "two things in the same words, of one of which nobody knows what was written": (
        "OTOLKADE_UPPGIFTER",
        [told(unread("rent", "cost_without_amount", "1"), unread("rent", "cost_without_amount"))],
    ),
}
"""What does not tell what it is: the same sentence may be about another thing the next month."""


@swept("kind", NAMELESS)
def test_an_answer_to_what_has_no_name_stands_in_its_own_case_alone(kind: str) -> None:
    code, patches = NAMELESS[kind]
    asked = [each for each in codes(patches) if each.code == code]
    assert asked
    given = [answer_to(each) | {"id": f"s{number}"} for number, each in enumerate(asked)]
    here = [each | {"standing": False} for each in given]
    assert code not in {each.code for each in codes(patches, answers=here)}
    later = codes(patches, answers=given, received_at="2026-10-28T11:00:00Z")
    assert code in {each.code for each in later}


@swept("kind", ["VÄNTAD_FÖRMÅN", "TILLGÅNG", "FORDON", "FÖRMÅN_AVSLAGEN"])
def test_an_answer_given_before_a_question_told_its_thing_does_not_stand(kind: str) -> None:
    """An answer of an earlier version of the rules, without what the question rests on now."""
    name = next(name for name, each in KINDS.items() if each[0] == kind)
    code, both, one, _ = KINDS[name]
    (asked,) = (each for each in codes([*both, *one]) if each.code == code)
    given = answer_to(asked)
    named = set() if asked.sets is None else {"{namn}"}  # of what is said, which the answer rests on too
    for path in given["rests_on"].keys() - {asked.sets} - named:
        older = given | {"rests_on": {key: seen for key, seen in given["rests_on"].items() if key != path}}
        assert code in {each.code for each in codes([*both, *one], answers=[older])}, path
