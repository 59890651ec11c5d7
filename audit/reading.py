"""A case's trail in words, for a person: what happened, how each decision came about, who did what.

Knows the shape of an entry and of a decision document, nothing of the law. What a rule, a fact or a code is
called is for the one who wrote the entries to say (``TrailWords``); without that they stand as they were
logged. Money in a calculation is whole öre.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit import document
from audit.entry import ActorKind, EntryKind
from audit.replay import INPUTS
from audit.retention import SWEDEN
from audit.trail import OpenedEntry
from audit.verify import visible

_WHAT = {
    EntryKind.APPLICATION_RECEIVED: "Ansökan togs emot",
    EntryKind.FACTS: "Uppgifter hämtades",
    EntryKind.ASSESSMENT: "Ansökan prövades",
    EntryKind.DECISION: "Beslut fattades",
    EntryKind.LETTER: "Brev skickades",
    EntryKind.COMPLETION: "Komplettering begärdes eller kom in",
    EntryKind.COMMUNICATION: "Sökanden fick yttra sig före beslutet",
    EntryKind.ANSWER: "En fråga besvarades eller ett svar togs tillbaka",
    EntryKind.HANDED_OVER: "Ärendet lämnades till en handläggare",
    EntryKind.WAITING: "Beslutet väntar på registren",
    EntryKind.DEADLINE: "En tidsfrist bevakades",
    EntryKind.WITHDRAWN: "Ansökan togs tillbaka",
    EntryKind.WRITTEN_OFF: "Ärendet skrevs av",
    EntryKind.HUMAN_ACTION: "Åtgärd vidtogs",
    EntryKind.OVERRIDE: "Maskinens förslag ändrades",
    EntryKind.ACCESS: "Ärendet lästes",
    EntryKind.PAYMENT: "Betalning beordrades",
    EntryKind.PLAN: "Planering eller närvaro ändrades",
    EntryKind.HISTORY: "Tidigare beslut togs in",
    EntryKind.ADOPTION: "Rader från en tidigare version övertogs som de fanns",
    EntryKind.ADOPTION_ENDED: "Övertagandet av äldre rader avslutades",
    EntryKind.VOUCHED: "Loggen svarar för ärendets rader som de är",
    EntryKind.DRAFT_APPROVED: "Utkast till lagändring godkändes",
    EntryKind.RELEASE_PUBLISHED: "Regelversion publicerades",
    EntryKind.HOLD_PLACED: "Gallringen stoppades",
    EntryKind.HOLD_LIFTED: "Gallringsstoppet hävdes",
    EntryKind.KEY_CHANGED: "Loggens nyckel byttes",
    EntryKind.DELETION: "Personuppgifterna gallrades",
    EntryKind.CLOCK_ANOMALY: "Klockan gick bakåt",
}
_HEADINGS = {EntryKind.ASSESSMENT: ("PRÖVNING", "Prövat"), EntryKind.DECISION: ("BESLUT", "Fattat")}
_WHO = {ActorKind.SYSTEM: "maskinen", ActorKind.PERSON: "en person", ActorKind.APPLICANT: "den sökande"}
_STATES = {
    "fired": "Regler som gällde",
    "not_fired": "Regler som prövades men inte gällde",
    "defeated": "Regler som fick vika för ett undantag",
    "undecided": "Regler som inte gick att avgöra",
}
_LABELS = {
    "verdict": "bedömning",
    "vouches": "svarar för tabellernas rader från början",
    "rows": "antal rader",
    "cases": "antal ärenden",
    "last_note": "sista anteckning",
    "earliest": "tidigast",
    "latest": "senast",
    "rules_version": "gallringsreglernas version",
    "rules_fingerprint": "gallringsreglernas fingeravtryck",
    "reason": "skäl",
    "granted": "beviljat",
    "proposed_amount": "maskinens förslag, belopp",
    "outcome": "utfall",
    "proposed_outcome": "maskinens förslag",
}
_ROW = re.compile(r"(?P<part>\w+)\[(?P<number>\d+)\]")
_SUMS = {
    "norm": "Norm",
    "costs": "Kostnader",
    "other_costs": "Övriga kostnader",
    "income": "Inkomster",
    "result": "Resultat",
    "granted": "Beviljat",
}


_LEFT_OUT = object()
"""A fact that is not among those shown."""

_AMOUNTS = frozenset({"granted", "proposed_amount"})
"""Fields of a person's decision that are öre."""


@dataclass(frozen=True)
class TrailWords:
    """What is called what. ``names``: fields. ``codes``: values in the open part of an entry. ``rule``: the
    title of a rule of a release in a month. ``fact``: the value of a fact of a release as people write it.
    Both functions give None where they cannot say."""

    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    rule: Callable[[str, str, str], str | None] = lambda release, rule, month: None
    fact: Callable[[str, str, Any], str | None] = lambda release, name, value: None


@dataclass(frozen=True)
class Event:
    """One line of the timeline. ``number`` is the entry's number in the case, ``time`` Swedish time."""

    seq: int
    number: int
    time: datetime
    by: ActorKind
    who: str
    what: str
    why: str


def what(kind: str) -> str:
    """What happened, by the type of an entry."""
    return _WHAT[EntryKind(kind)]


def timeline(entries: Iterable[OpenedEntry]) -> list[Event]:
    """What happened in a case, oldest first."""
    return [
        Event(
            one.seq,
            one.entry.get("number", 0),
            _time(one),
            ActorKind(one.entry["actor"]["kind"]),
            one.entry["actor"]["id"],
            what(one.entry["type"]),
            one.entry["purpose"],
        )
        for one in entries
    ]


def render(entries: Sequence[OpenedEntry], words: TrailWords | None = None) -> str:
    """The trail of one case as plain Swedish text."""
    if not entries:
        return "Ärendet har inga poster i loggen.\n"
    first = entries[0].entry
    writer = _Writer(words or TrailWords(), any(one.entry["type"] == EntryKind.DELETION for one in entries))
    events = timeline(entries)
    lines = [
        f"SPÅR FÖR ÄRENDE {first['case']}, KOMMUN {first['tenant']}",
        "Återgivet ur granskningsloggen. Tiderna är svensk tid.",
        "",
        "TIDSLINJE",
    ]
    for event in events:
        lines.append(f"{event.number}. {event.time:%Y-%m-%d %H:%M:%S}  {event.what} av {_who(event)}")
        lines.append(f"   {event.why}")
    for one in entries:
        if one.entry["type"] in _HEADINGS:
            lines += ["", *writer.document(one)]
    groups = {
        "VAD MASKINEN GJORDE": {ActorKind.SYSTEM},
        "VAD MÄNNISKOR GJORDE": {ActorKind.PERSON, ActorKind.APPLICANT},
    }
    for title, kinds in groups.items():
        lines += ["", title]
        chosen = [(event, one) for event, one in zip(events, entries, strict=True) if event.by in kinds]
        for event, one in chosen:
            lines += writer.entry(event, one)
        if not chosen:
            lines.append("Ingenting.")
    return "\n".join(visible(line) for line in lines) + "\n"


def _time(one: OpenedEntry) -> datetime:
    return datetime.fromisoformat(one.entry["time"]).astimezone(SWEDEN)


def _who(event: Event) -> str:
    role = _WHO[event.by]
    return role if event.by is ActorKind.APPLICANT else f"{role} ({event.who})"


@dataclass(frozen=True)
class _Writer:
    """Writes the entries of a case. ``deleted``: the case's personal data is destroyed."""

    words: TrailWords
    deleted: bool

    def entry(self, event: Event, one: OpenedEntry) -> Iterator[str]:
        yield f"{event.number}. {event.what} av {_who(event)}: {event.why}."
        if one.entry["type"] in _HEADINGS:
            yield f"   Se {'beslutet' if one.entry['type'] == EntryKind.DECISION else 'prövningen'} ovan."
            return
        yield from self.tree(one.entry["body"], "   ", codes=True)
        yield from self.tree(one.personal, "   ")
        yield from self.hidden(one)

    def hidden(self, one: OpenedEntry) -> Iterator[str]:
        hidden = sorted(one.entry.get("personal", {}).keys() - one.personal.keys())
        if hidden:
            state = "Gallrade" if self.deleted else "Utelämnade"
            names = ", ".join(self.name(name) for name in hidden)
            yield f"   {state} uppgifter: {names}."

    def document(self, one: OpenedEntry) -> Iterator[str]:
        """An assessment or a decision, as far as its parts are shown."""
        entry, body = one.entry, one.entry["body"]
        sealed = document.join(one.personal)
        whole = {**body, **sealed}
        heading, done = _HEADINGS[EntryKind(entry["type"])]
        name = f"{heading} {entry.get('decision') or body.get('number', '')}".rstrip()
        yield f"{name}: {self.code(whole.get('outcome', 'utfall saknas'))}"
        who = f"{_WHO[ActorKind(entry['actor']['kind'])]} ({entry['actor']['id']})"
        yield f"{done} {_time(one):%Y-%m-%d %H:%M:%S} av {who}."
        release = f"Regelversion {entry['release']}. " if "release" in entry else ""
        yield f"{release}Program {entry['software']}."
        if whole.get("proposed_outcome") not in (None, whole.get("outcome")):
            yield f"Maskinens förslag: {self.code(whole['proposed_outcome'])}."
        if "month" in whole:
            yield f"Avser {whole['month']}."
        if "engines" in whole:
            agree = "kom" if whole["engines"]["agree"] else "kom INTE"
            yield f"De två regelmotorerna {agree} fram till samma sak."
            yield from (f"   {each}" for each in whole["engines"].get("differences") or [])
        closed = body.get(document.CLOSED, ())
        told = {"number", *document.public(whole, closed)}
        more = {name: part for name, part in body.items() if name not in told}
        yield from self.tree(more, "", codes=True)
        shown = not entry.get("personal", {}).keys() - one.personal.keys()
        stays = document.public(sealed, closed)
        if sealed and shown and any(body.get(name) != part for name, part in stays.items()):
            yield "VARNING: det som står öppet i loggen är inte samma sak som dokumentet i valvet."
        yield from self.decided(whole)
        yield from self.reasons(whole.get("reasons") or [])
        yield from self.calculation(whole.get("calculation") or {})
        if whole.get("unconfirmed"):
            yield from [
                "",
                "Belopp och regler som ingen har bekräftat",
                *self.tree(_filled(whole["unconfirmed"]), "   "),
            ]
        if whole.get("unread"):
            yield from ["", "Det som inte gick att tolka", *(f"   {each}" for each in whole["unread"])]
        yield from self.rules(entry.get("release", ""), whole)
        if INPUTS in one.personal:
            yield from ["", "Uppgifter som prövningen byggde på (fält utan uppgift visas inte)"]
            yield from self.tree(_filled(one.personal[INPUTS]), "   ")
        yield from self.hidden(one)

    def decided(self, whole: Mapping[str, Any]) -> Iterator[str]:
        """What is said of a decision alone: what it grants, why, and the assessment it rests on."""
        if "granted" in whole:
            yield f"Beviljat: {_kronor(whole['granted'])}."
        if whole.get("approved_by"):
            yield f"Godkänt av en person ({whole['approved_by']})."
        if whole.get("assessment"):
            yield f"Vilar på prövning {whole['assessment']['number']}."
        if whole.get("reason"):
            yield from self.tree(whole["reason"], "", "reason")

    def reasons(self, reasons: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Questions to a person or the applicant with their provision; other reasons as they are."""
        if reasons:
            yield from ["", f"Frågor som står öppna ({len(reasons)})"]
        for reason in reasons:
            if "question" in reason:
                yield f"   {reason['question']}"
                yield f"      {self.code(reason.get('kind'))}, {reason.get('code')}"
                if reason.get("provision"):
                    yield f"      Lagrum: {_text(reason['provision'])}"
            else:
                yield from self.tree(reason, "   ")

    def calculation(self, calculation: Mapping[str, Any]) -> Iterator[str]:
        if not calculation:
            return
        yield from ["", "Beräkning"]
        for line in calculation.get("lines") or []:
            yield f"   {_kronor(line.get('amount')):>16}  {line.get('text') or line.get('kind')}"
            yield f"   {'':>16}  {line.get('rule')}, {_text(line.get('provision'))}"
        for name, label in _SUMS.items():
            if calculation.get(name) is not None:
                yield f"   {_kronor(calculation[name]):>16}  {label}"

    def rules(self, release: str, document: Mapping[str, Any]) -> Iterator[str]:
        """Every rule under its state, with provision, facts and the lines of the calculation it gave."""
        lines = (document.get("calculation") or {}).get("lines") or []
        labels = {
            each["subject"]: each["label"]
            for each in [*lines, *(document.get("reasons") or [])]
            if each.get("subject") and each.get("label")
        }
        told = {of["subject"]: of["values"] for of in document.get("facts") or []}
        rules = document.get("rules") or []
        states = [*_STATES, *sorted({rule["state"] for rule in rules} - _STATES.keys())]
        for state in states:
            chosen = [rule for rule in rules if rule["state"] == state]
            if chosen:
                yield from ["", f"{_STATES.get(state, state)} ({len(chosen)})"]
            for rule in chosen:
                subject = rule.get("subject")
                title = self.words.rule(release, rule["id"], document.get("month", ""))
                named = ", ".join(filter(None, (labels.get(subject), self.place(subject or ""))))
                yield f"   {title or rule['id']}" + (f" (för {named})" if subject else "")
                yield from [f"      Regel: {rule['id']}"] if title else []
                yield f"      Lagrum: {_text(rule.get('provision'))}"
                facts = _facts(told, rule)
                yield from ["      Uppgifter:"] if facts else []
                for name, fact in facts.items():
                    yield f"         {name}: {self.fact(release, name, fact)}"
                for line in lines:
                    if state == "fired" and (line.get("rule"), line.get("subject")) == (rule["id"], subject):
                        amount, said = _kronor(line.get("amount")), line.get("text") or line.get("kind")
                        yield f"      Gav {amount}: {said}"

    def fact(self, release: str, name: str, fact: Any) -> str:
        """A fact with its origin. Entries of earlier versions hold the value alone."""
        if fact is _LEFT_OUT:
            return "utelämnad"
        value = fact["value"] if isinstance(fact, dict) else fact
        said = self.words.fact(release, name, value) if value is not None else None
        origin = f" ({fact['origin']})" if isinstance(fact, dict) else ""
        return f"{_text(value) if said is None else said}{origin}"

    def tree(self, value: Any, indent: str, name: str = "", *, codes: bool = False) -> Iterator[str]:
        """Any value as indented lines; an empty object without a name as none. ``codes``: no free text."""
        label = f"{self.name(name)}: " if name else ""
        if value == {} and not name:
            return
        if isinstance(value, dict) and value:
            if name:
                yield f"{indent}{self.name(name)}:"
            for key, member in value.items():
                yield from self.tree(member, indent + "   " if name else indent, key, codes=codes)
        elif isinstance(value, list) and any(isinstance(member, dict | list) for member in value):
            for number, member in enumerate(value, start=1):
                yield from self.tree(member, indent, f"{self.name(name)} {number}".strip(), codes=codes)
        elif name in _AMOUNTS and isinstance(value, int):
            yield f"{indent}{label}{_kronor(value)}"
        else:
            first, *rest = (self.code(value) if codes else _text(value)).split("\n")
            yield f"{indent}{label}{first}"
            yield from (f"{indent}   {line}".rstrip() for line in rest)

    def place(self, subject: str) -> str:
        """A row of the application as the trail lists it: ``costs[0]`` is the first of the costs."""
        row = _ROW.fullmatch(subject)
        return f"{self.name(row['part'])} {int(row['number']) + 1}" if row else subject

    def name(self, name: str) -> str:
        return self.words.names.get(name) or _LABELS.get(name, name)

    def code(self, value: Any) -> str:
        return self.words.codes.get(value, value) if isinstance(value, str) else _text(value)


def _facts(told: Mapping[str | None, Mapping[str, Any]], rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a rule read of its subject and of the household. Earlier documents hold it in each rule."""
    if "reads" not in rule:
        return rule.get("facts") or {}
    own, household = told.get(rule["subject"], {}), told.get(None, {})
    return {name: own.get(name, household.get(name, _LEFT_OUT)) for name in rule["reads"]}


def _filled(value: Any) -> Any:
    """A value without the members that say nothing."""
    if isinstance(value, dict):
        members = {name: _filled(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, [], {})}
    return [_filled(member) for member in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    if value is None:
        return "saknas"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "inga"
    return str(value) if value != {} else "inga"


def _kronor(amount: Any) -> str:
    """Öre as kronor, Swedish style: 951050 is 9 510,50 kr."""
    if not isinstance(amount, int):
        return "belopp saknas"
    whole, cents = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}{whole:,}".replace(",", " ") + f",{cents:02} kr"
