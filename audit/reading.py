"""A case's trail in words, for a person: what happened, how each decision came about, who did what.

Knows the shape of an entry and of a decision document, nothing of the law; every word about the law comes
from the entries. Money in a calculation is whole öre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import decision
from audit.entry import ActorKind, Kind
from audit.replay import INPUTS
from audit.retention import SWEDEN
from audit.trail import OpenedEntry

_WHAT = {
    Kind.APPLICATION_RECEIVED: "Ansökan togs emot",
    Kind.FACTS: "Uppgifter hämtades",
    Kind.DECISION: "Beslut fattades",
    Kind.LETTER: "Brev skickades",
    Kind.COMPLETION: "Komplettering begärdes eller kom in",
    Kind.HUMAN_ACTION: "Åtgärd vidtogs",
    Kind.OVERRIDE: "Maskinens förslag ändrades",
    Kind.ACCESS: "Ärendet lästes",
    Kind.RELEASE_PUBLISHED: "Regelversion publicerades",
    Kind.HOLD_PLACED: "Gallringen stoppades",
    Kind.HOLD_LIFTED: "Gallringsstoppet hävdes",
    Kind.KEY_CHANGED: "Loggens nyckel byttes",
    Kind.DELETION: "Personuppgifterna gallrades",
    Kind.CLOCK_ANOMALY: "Klockan gick bakåt",
}
_WHO = {ActorKind.SYSTEM: "maskinen", ActorKind.PERSON: "en person", ActorKind.APPLICANT: "den sökande"}
_STATES = {
    "fired": "Regler som gällde",
    "not_fired": "Regler som prövades men inte gällde",
    "defeated": "Regler som fick vika för ett undantag",
    "undecided": "Regler som inte gick att avgöra",
}
_LABELS = {
    "verdict": "bedömning",
    "last_note": "sista anteckning",
    "earliest": "tidigast",
    "latest": "senast",
    "rules_version": "gallringsreglernas version",
    "rules_fingerprint": "gallringsreglernas fingeravtryck",
    "reason": "skäl",
}
_SUMS = {
    "norm": "Norm",
    "costs": "Kostnader",
    "other_costs": "Övriga kostnader",
    "income": "Inkomster",
    "result": "Resultat",
    "granted": "Beviljat",
}


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


def timeline(entries: Iterable[OpenedEntry]) -> list[Event]:
    """What happened in a case, oldest first."""
    return [
        Event(
            one.seq,
            one.entry.get("number", 0),
            datetime.fromisoformat(one.entry["time"]).astimezone(SWEDEN),
            ActorKind(one.entry["actor"]["kind"]),
            one.entry["actor"]["id"],
            _WHAT[Kind(one.entry["type"])],
            one.entry["purpose"],
        )
        for one in entries
    ]


def render(entries: Sequence[OpenedEntry]) -> str:
    """The trail of one case as plain Swedish text."""
    if not entries:
        return "Ärendet har inga poster i loggen.\n"
    first = entries[0].entry
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
        if one.entry["type"] == Kind.DECISION:
            lines += ["", *_decision(one, deleted=_deleted(entries))]
    groups = {
        "VAD MASKINEN GJORDE": {ActorKind.SYSTEM},
        "VAD MÄNNISKOR GJORDE": {ActorKind.PERSON, ActorKind.APPLICANT},
    }
    for title, kinds in groups.items():
        lines += ["", title]
        chosen = [(event, one) for event, one in zip(events, entries, strict=True) if event.by in kinds]
        for event, one in chosen:
            lines += _entry(event, one, deleted=_deleted(entries))
        if not chosen:
            lines.append("Ingenting.")
    return "\n".join(lines) + "\n"


def _deleted(entries: Sequence[OpenedEntry]) -> bool:
    return any(one.entry["type"] == Kind.DELETION for one in entries)


def _who(event: Event) -> str:
    return f"{_WHO[event.by]} ({event.who})"


def _entry(event: Event, one: OpenedEntry, deleted: bool) -> Iterator[str]:
    yield f"{event.number}. {event.what} av {_who(event)}: {event.why}."
    if one.entry["type"] == Kind.DECISION:
        yield "   Se beslutet ovan."
        return
    yield from _tree(one.entry["body"], "   ")
    yield from _tree(one.personal, "   ")
    yield from _hidden(one, deleted)


def _hidden(one: OpenedEntry, deleted: bool) -> Iterator[str]:
    hidden = sorted(one.entry.get("personal", {}).keys() - one.personal.keys())
    if hidden:
        state = "Gallrade" if deleted else "Utelämnade"
        yield f"   {state} uppgifter: {', '.join(hidden)}."


def _decision(one: OpenedEntry, deleted: bool) -> Iterator[str]:
    entry, body = one.entry, one.entry["body"]
    sealed = decision.join(one.personal)
    document = {**body, **sealed}
    time = datetime.fromisoformat(entry["time"]).astimezone(SWEDEN)
    yield f"BESLUT {entry['decision']}: {document.get('outcome', 'utfall saknas')}"
    who = f"{_WHO[ActorKind(entry['actor']['kind'])]} ({entry['actor']['id']})"
    yield f"Fattat {time:%Y-%m-%d %H:%M:%S} av {who}."
    yield f"Regelversion {entry['release']}. Program {entry['software']}."
    if "proposed_outcome" in document and document["proposed_outcome"] is not None:
        yield f"Maskinens förslag: {document['proposed_outcome']}."
    if "month" in document:
        yield f"Avser {document['month']}."
    if "engines" in document:
        agree = "kom" if document["engines"]["agree"] else "kom INTE"
        yield f"De två regelmotorerna {agree} fram till samma sak."
    yield from _tree({name: part for name, part in body.items() if name not in decision.public(document)}, "")
    whole = not entry.get("personal", {}).keys() - one.personal.keys()
    if sealed and whole and any(body.get(name) != part for name, part in decision.public(sealed).items()):
        yield "VARNING: det som står öppet i loggen är inte samma sak som beslutet i valvet."
    yield from _calculation(document.get("calculation") or {})
    yield from _rules(document)
    for reason in document.get("reasons") or []:
        yield from ["", "Skäl", *_tree(reason, "   ")]
    if document.get("unconfirmed"):
        yield from ["", "Belopp som ingen har bekräftat", *_tree(document["unconfirmed"], "   ")]
    if INPUTS in one.personal:
        yield from ["", "Uppgifter som beslutet byggde på", *_tree(one.personal[INPUTS], "   ")]
    yield from _hidden(one, deleted)


def _calculation(calculation: dict[str, Any]) -> Iterator[str]:
    if not calculation:
        return
    yield from ["", "Beräkning"]
    for name, label in _SUMS.items():
        if calculation.get(name) is not None:
            yield f"   {label}: {_kronor(calculation[name])}"


def _rules(document: dict[str, Any]) -> Iterator[str]:
    """Every rule under its state, with provision, facts and the lines of the calculation it gave."""
    lines = (document.get("calculation") or {}).get("lines") or []
    rules = document.get("rules") or []
    states = [*_STATES, *sorted({rule["state"] for rule in rules} - _STATES.keys())]
    for state in states:
        chosen = [rule for rule in rules if rule["state"] == state]
        if chosen:
            yield from ["", f"{_STATES.get(state, state)} ({len(chosen)})"]
        for rule in chosen:
            subject = rule.get("subject")
            yield f"   {rule['id']}" + (f", för {subject}" if subject else "")
            yield f"      Lagrum: {_text(rule.get('provision'))}"
            if rule.get("facts"):
                yield "      Uppgifter:"
                yield from _tree(rule["facts"], "         ")
            for line in lines:
                if state == "fired" and line.get("rule") == rule["id"] and line.get("subject") == subject:
                    yield f"      Gav: {line.get('text') or line.get('kind')} {_kronor(line.get('amount'))}"


def _tree(value: Any, indent: str, name: str = "") -> Iterator[str]:
    """Any value as indented lines; an empty object without a name as none."""
    name = _LABELS.get(name, name)
    label = f"{name}: " if name else ""
    if value == {} and not name:
        return
    if isinstance(value, dict) and value:
        if name:
            yield f"{indent}{name}:"
        for key, member in value.items():
            yield from _tree(member, indent + "   " if name else indent, key)
    elif isinstance(value, list) and any(isinstance(member, dict | list) for member in value):
        for number, member in enumerate(value, start=1):
            yield from _tree(member, indent, f"{name} {number}".strip())
    else:
        yield f"{indent}{label}{_text(value)}"


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
