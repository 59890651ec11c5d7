"""Incomes, costs and assets of a form.

What belongs to another month than that of the application, to somebody who is not in it, or to a question
answered twice is told and not counted.
"""

from __future__ import annotations

from decision_service.application.adapters.mitt_helsingborg.collected import Collected, FormEntry, Value
from decision_service.application.adapters.mitt_helsingborg.forms import (
    CHILDREN,
    CO_APPLICANT,
    MEDICINE_OR_CARE,
    forms,
)
from decision_service.application.adapters.mitt_helsingborg.people import IDS
from decision_service.application.form import ApplicationType
from decision_service.reading.kronor import as_kronor
from decision_service.reading.said import said_in
from norms.month import Month
from rules.texts import kronor

_say = said_in(__file__)


def drop_strangers(collected: Collected) -> None:
    """Take away and tell sums about a co-applicant when there is none, and about one question twice."""
    answered = {base for (base, _), entry in collected.entries.items() if entry.parts.get("amount")}
    for (base, number), entry in list(collected.entries.items()):
        twice = base in answered and not answered.isdisjoint(forms().asked_of_more(base))
        absent = entry.about.person == CO_APPLICANT and CO_APPLICANT not in collected.adults
        if entry.about.part in ("plannings", "children") or not (twice or absent):
            continue
        if entry.parts:
            _tell(entry, collected, "asked_twice" if twice else "amount_of_nobody")
        del collected.entries[base, number]


def incomes(collected: Collected) -> list[dict[str, Value]]:
    """The incomes, each with its day or at least its month where the form says it."""
    found = list[dict[str, Value]]()
    for entry in collected.of_kind("incomes"):
        parts = entry.parts
        if _denied(entry, collected):
            continue
        said: str = parts.get("description", "")
        if "amount" not in parts and "amount" not in entry.unread:
            if not parts:
                continue
            collected.tell(entry.where, "income_without_amount", **entry.said)
        code = entry.about.code
        if code == "OTHER_INCOME":
            code = forms().income_texts.get(said, code)
        found.append(
            {
                "income_type": code,
                "amount": _written(parts.get("amount")),
                "income_date": parts.get("date"),
                "month": _income_month(entry, collected),
                "recipient": IDS.get(entry.about.person),
                "description": collected.cut(entry.where, said or entry.about.text) or None,
            }
        )
    return found


def _income_month(entry: FormEntry, collected: Collected) -> str | None:
    """The month of an income without a day. The recurring form asks for those of the month before."""
    if _in_no_known_month(entry, collected) or "date" in entry.parts or collected.month is None:
        return None
    months = _tagged(entry)
    if len(months) == 1:
        return str(collected.month.plus(months[0]))
    before = not months and collected.kind is ApplicationType.RENEWAL
    return str(collected.month.plus(-1)) if before else None


def costs(collected: Collected) -> list[dict[str, Value]]:
    """The costs of the month of the application."""
    found = list[dict[str, Value]]()
    for entry in collected.of_kind("costs"):
        amount = entry.parts.get("amount")
        if not _asked_for(entry, collected) or not _this_month(entry, collected):
            continue
        code, said = _kind(entry, collected)
        if not code:
            continue
        kind, _, sub_type = code.partition(":")
        found.append(
            {
                "cost_type": kind,
                "other_sub_type": sub_type or ("OTHER" if kind == "OTHER" else None),
                "applied_amount": _written(amount),
                "specification": collected.cut(entry.where, said or entry.about.text) or None,
                "recipient_or_period": "Barn" if entry.about.person == CHILDREN else None,
                "person": IDS.get(entry.about.person),
                "cost_date": entry.parts.get("date"),
                "month": str(collected.month) if collected.month and _tagged(entry) else None,
            }
        )
    return found


def _asked_for(entry: FormEntry, collected: Collected) -> bool:
    """Whether a sum is applied for. A description without a sum is told: nobody knows what it costs."""
    parts, amount = entry.parts, entry.parts.get("amount")
    if "amount" in entry.unread:
        return True
    if entry.about.code == "OTHER" and not amount:
        if parts:
            said: str = parts.get("description", "")
            collected.tell(entry.where, "other_cost_without_amount", *entry.matter, value=said)
        return False
    if amount is None:
        if parts:
            collected.tell(entry.where, "cost_without_amount", **entry.said)
        return False
    return True


def _this_month(entry: FormEntry, collected: Collected) -> bool:
    """Whether a cost is for the month of the application. One for another month is told."""
    if _in_no_known_month(entry, collected):
        return False
    months = _tagged(entry)
    asked = [forms().months[tag] for tag in set(entry.tags) if forms().two_months.get(entry.where) == tag]
    if asked:
        either = _say(
            "one_or_other",
            första=_named(asked[0], collected.month),
            andra=_named(asked[0] + 1, collected.month),
        )
        _tell(entry, collected, "either_month", months=either)
        return False
    if len(months) > 1:
        _tell(entry, collected, "several_months")
        return False
    if months and months[0] != 0:
        _tell(entry, collected, "another_month", month=_named(months[0], collected.month))
        return False
    return True


def _kind(entry: FormEntry, collected: Collected) -> tuple[str, str]:
    """The code of a cost and what it is for. A cost whose words say nothing known has no code."""
    parts = entry.parts
    said: str = parts.get("description", "")
    if entry.about.code == MEDICINE_OR_CARE:
        if said in forms().care_texts:
            return forms().care_texts[said], said
        _tell(entry, collected, "neither_medicine_nor_care")
        return "", said
    if entry.about.topic != "resor":
        return entry.about.code, said
    purpose = parts.get("cost_type", "")
    trip = " – ".join(parts[name] for name in ("from", "to") if parts.get(name))
    if purpose not in forms().trip_purposes:
        _tell(entry, collected, "unknown_trip", purpose=purpose, trip=trip)
        return "", trip
    return forms().trip_purposes[purpose], ", ".join(part for part in (purpose, trip) if part)


def assets(collected: Collected) -> list[dict[str, Value]]:
    """The assets. An asset without a value is still one that a person assesses."""
    found = list[dict[str, Value]]()
    for entry in collected.of_kind("assets"):
        category, _, kind = entry.about.code.partition(":")
        said = entry.parts.get("description") or entry.about.text
        if (not entry.parts and not entry.unread) or _denied(entry, collected):
            continue
        found.append(
            {
                "asset_category": category,
                "vehicle_type": kind if category == "VEHICLE" and kind else None,
                "property_type": kind if category == "REAL_ESTATE" and kind else None,
                "value": _written(entry.parts.get("amount")),
                "description": collected.cut(entry.where, said) or None,
            }
        )
    return found


def _tagged(entry: FormEntry) -> list[int]:
    """The months that the tags of a sum name, counted from the month of the application; where it has none,
    the one that the name of its field ends with."""
    base = entry.where.partition(".")[0]
    tags = [tag for tag in entry.tags if tag in forms().months]
    named = [tag for tag in forms().months if base.endswith(tag.removeprefix("month")) and tag != "month"]
    return sorted({forms().months[tag] for tag in tags or named})


def _in_no_known_month(entry: FormEntry, collected: Collected) -> bool:
    """Whether a sum is tagged with a month that the forms do not have; it is told."""
    odd = sorted({tag for tag in entry.tags if tag.startswith("month") and tag not in forms().months})
    if odd:
        _tell(entry, collected, "no_month", tag=odd[0])
    return bool(odd)


def _denied(entry: FormEntry, collected: Collected) -> bool:
    """Whether a sum is nothing but a zero, and a ”no” says that there is none."""
    nothing = entry.parts.get("amount") == 0 and entry.parts.keys() == {"amount"} and not entry.unread
    return nothing and entry.about.topic in collected.denied


def _named(offset: int, month: Month | None) -> str:
    if month is None:
        return _say("month_away", antal=offset)
    return month.plus(offset).in_words


def _tell(entry: FormEntry, collected: Collected, kind: str, **values: str) -> None:
    """Tell of a sum that is not counted: of all that was answered of it, and its months."""
    written = (*entry.matter, entry.tags, values)
    collected.tell(entry.where, kind, *written, amount=_money(entry), **entry.said, **values)


def _money(entry: FormEntry) -> str:
    amount = entry.parts.get("amount")
    return _say("no_amount_of_it") if amount is None else kronor(amount)


def _written(ore: int | None) -> str | None:
    """Öre as the canonical application writes kronor."""
    return None if ore is None else as_kronor(ore)
