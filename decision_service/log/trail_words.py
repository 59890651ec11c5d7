"""What rules, facts and codes in the log are called, for the readable trail."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from audit.reading import Words
from decision_service.log import releases
from norms.finding import FindingsError
from norms.month import Month
from rules.rulebook import Rulebook
from rules.texts import shown


def words(files: Mapping[str, Mapping[str, str]]) -> Words:
    """Words for trails, from the files of the releases that their decisions were made under.

    A release whose files are not there, or are not its own, gives no words.
    """

    @cache
    def book(release: str) -> Rulebook | None:
        try:
            return releases.book_from(files[release], release)
        except (KeyError, FindingsError):
            return None

    def rule(release: str, name: str, month: str) -> str | None:
        versions = found.versions(name) if (found := book(release)) is not None else ()
        return next((each.title for each in versions if each.span.holds(Month.parse(month))), None)

    def fact(release: str, name: str, value: Any) -> str | None:
        found = book(release)
        term = found.vocabulary.terms.get(name) if found is not None else None
        return shown(value, term.type) if term is not None else None

    return Words(_NAMES, _CODES, rule, fact)


_NAMES = {
    "adapter": "ansökans form",
    "client": "kom genom",
    "content_sha256": "fingeravtryck av ansökan som den kom in (SHA-256)",
    "form_sha256": "fingeravtryck av formuläret som det visades (SHA-256)",
    "document_sha256": "fingeravtryck av brevet (SHA-256)",
    "registers": "register",
    "answers": "svar från register",
    "af": "Arbetsförmedlingen",
    "csn": "CSN",
    "fk": "Försäkringskassan",
    "miv": "Migrationsverket",
    "skv": "Skatteverket",
    "so": "A-kassorna",
    "tns": "Transportstyrelsen",
    "event": "händelse",
    "due": "senast",
    "passed": "fristen har gått ut",
    "questions": "frågor",
    "question": "fråga",
    "cause": "orsak",
    "action": "åtgärd",
    "channel": "sändes med",
    "text": "text",
    "application": "ansökan",
    "activity": "planer och aktiviteter",
    "history": "tidigare månader",
    "people": "personer",
    "municipality": "kommun",
    "received_at": "kom in",
    "history_complete": "inga tidigare månader finns utöver dessa",
    "running_case": "ett annat ärende pågår",
    "unmapped": "otolkat",
    "schema": "form",
    "born": "född",
    "first_name": "förnamn",
    "last_name": "efternamn",
    "personal_number": "personnummer",
    "role": "roll",
    "protected": "skyddade uppgifter",
    "incomes": "inkomster",
    "incomeType": "slag",
    "incomeDate": "datum",
    "costs": "kostnader",
    "costType": "slag",
    "appliedAmount": "sökt belopp",
    "amount": "belopp",
    "month": "månad",
    "kind": "slag",
    "label": "vad det gäller",
    "name": "namn",
    "status": "status",
    "source": "källa",
    "unit": "enhet",
}

_CODES = {
    "BIFALL": "bifall",
    "DELAVSLAG": "bifall till en del",
    "AVSLAG": "avslag",
    "AVVISNING": "avvisning",
    "KOMPLETTERING": "komplettering behövs",
    "HANDLAGGARE": "en handläggare ska besluta",
    "person": "till handläggaren",
    "completion": "till den sökande",
    "answered": "svarade",
    "missing": "svarade inte",
    "failed": "kunde inte svara",
    "asked": "begärdes",
    "reminded": "påminnelse",
    "unanswered": "inget svar",
    "deadline_near": "tidsfristen närmar sig",
    "evaluation_failed": "prövningen gick inte att genomföra",
    "claimed": "tog ärendet",
    "released": "lämnade ärendet till kön",
    "handed_back": "lämnade tillbaka till maskinen",
    "decided": "beslutade",
}
